import type { CommandHandled } from '../aggregate/index.ts'
import type { RecordedEvent } from '../event/index.ts'

/** What reaches a saga. */
export type SagaInput =
  | {
      readonly kind: 'event'
      readonly event: RecordedEvent
      /** The saga's key in the event, or in the command that caused it. */
      readonly key: string
      /** True if the event itself holds the key; false if only the command that caused it does. */
      readonly keyed: boolean
      /** Awaited events that came before this start. */
      readonly early?: readonly RecordedEvent[]
    }
  | { readonly kind: 'handled'; readonly id: string; readonly handled: CommandHandled }
  | { readonly kind: 'timer'; readonly id: string }

export type EventInput = Extract<SagaInput, { kind: 'event' }>
