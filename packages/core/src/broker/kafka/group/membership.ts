import type { TopicPartition } from '../../storage.ts'
import type { Standing } from './committed.ts'

/** What a heart-beat says. */
export type Beat =
  /** It is a member. `assigned`: what it is to own now, where that has changed. */
  | { readonly kind: 'member'; readonly assigned?: readonly TopicPartition[] }
  /** It is a member, and is to join again. */
  | { readonly kind: 'join' }
  /** It is none any more: what it owned may be another's. */
  | { readonly kind: 'lost' }

/** A member's place in its group, in one of Kafka's two protocols. */
export interface Membership {
  /** Under what it commits now. */
  readonly standing: Standing
  /**
   * Joins for these topics, or joins again, with what it owns. Gives what it is to own.
   * @throws LostMembership Refused BrokerUnreachable
   */
  join(topics: readonly string[], owned: readonly TopicPartition[]): Promise<readonly TopicPartition[]>
  /** Shows that it lives. @throws Refused BrokerUnreachable */
  beat(owned: readonly TopicPartition[]): Promise<Beat>
  /** From now on it is somebody else: nothing of who it was is taken any more. */
  forget(): void
  leave(): Promise<void>
  close(): Promise<void>
}

/** It is no member any more, and what it owned may be another's. It may join anew. */
export class LostMembership extends Error {}
