import type { TopicPartition } from '../../storage.ts'

/** Milliseconds: a cluster that has just started takes its time to find and load a group. */
export const JOIN = 30_000

/** Milliseconds that a member has to say that it leaves. */
export const LEAVE = 3000

export interface MembershipSettings {
  readonly topics: readonly string[]
  readonly sessionTimeout: number
  readonly instanceId: string | null
}

/** What a heart-beat says. */
export type Beat =
  /** It is a member. `assigned`: what it is to own now, where that has changed. */
  | { readonly kind: 'member'; readonly assigned?: readonly TopicPartition[] }
  /** It is a member, and is to join again. */
  | { readonly kind: 'join' }
  /** It is none any more: what it owned may be another's. */
  | { readonly kind: 'lost' }

/** Under what a member commits: the coordinator takes nothing from one that is not in the group any more. */
export interface Standing {
  /** Empty where it is none. */
  readonly memberId: string
  /** The generation, or the member's epoch. */
  readonly generation: number
  readonly instanceId: string | null
}

/** What a member owns when it is asked: what it tells must not be older than what it does. */
export type Owned = () => readonly TopicPartition[]

/** A member's place in its group, in one of Kafka's two protocols. */
export interface Membership {
  /** Under what it commits now. */
  readonly standing: Standing
  /** False where the coordinator refuses what was sent under this one, however late it comes. */
  isStill(standing: Standing): boolean
  /**
   * Joins for these topics, or joins again, with what it owns. Gives what it is to own.
   * @throws LostMembership Refused BrokerUnreachable
   */
  join(topics: readonly string[], owned: Owned): Promise<readonly TopicPartition[]>
  /** Shows that it lives. @throws Refused BrokerUnreachable */
  beat(owned: Owned): Promise<Beat>
  /** From now on it is somebody else: nothing of who it was is taken any more. */
  forget(): void
  leave(): Promise<void>
  close(): Promise<void>
}

/** It is no member any more, and what it owned may be another's. It may join anew. */
export class LostMembership extends Error {}
