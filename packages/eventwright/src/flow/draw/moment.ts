import type { RecordedEvent } from '@eventwright/core'
import type { Part } from './parts.ts'

/** What is drawn of a moment: an arrow between two parts, or a note over one, or over everybody. */
export type Mark =
  | {
      readonly kind: 'command' | 'event' | 'refused'
      readonly from: Part
      readonly to: Part
      readonly text: string
    }
  | { readonly kind: 'note'; readonly over?: Part; readonly text: string }

/** One thing that happened in a scenario, and what it came after for a reason. */
export interface Moment {
  /** Alike in every run of the scenario: what stands first among those that have no order. */
  readonly key: string
  readonly after: readonly Moment[]
  readonly marks: readonly Mark[]
  readonly event?: RecordedEvent
  /** Of the command that was sent. */
  readonly commandId?: string
  /** The stream that it has a place in. */
  readonly stream?: string
  /** The place in a saga of what the saga does, or is answered. */
  readonly path?: string
}
