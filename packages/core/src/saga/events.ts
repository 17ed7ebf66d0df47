import type { Command } from '../aggregate/index.ts'
import type { NewEvent, PendingEvent, RecordedEvent } from '../event/index.ts'
import type { Failure } from './definition.ts'
import type { CommandRole } from './names.ts'

/** Where a step stands in this run: its path through parallels and loop rounds, and the innermost round. */
export interface StepPlace {
  /** Encoded names and, after a loop's, the round: `lines/0/reserve`. */
  readonly path: string
  readonly step: string
  /** The innermost loop round (`lines/0`), `''` outside loops. */
  readonly scope: string
}

export interface SagaStarted {
  readonly saga: string
  readonly version: number
  readonly run: number
  readonly key: string
  readonly start: RecordedEvent
  readonly correlationId: string
}

/** A command is to be sent: the intent that the relay publishes. */
export interface SagaCommandSent extends StepPlace {
  readonly role: CommandRole
  /** From 1; a resend has the same command id and the next attempt. */
  readonly attempt: number
  readonly command: Command & { readonly commandId: string }
  /** When this attempt times out. */
  readonly due?: number
}

interface Payloads {
  Started: SagaStarted
  /** A step without a command, or a wait, was reached. */
  StepReached: StepPlace & { readonly due?: number }
  LoopStarted: { readonly path: string; readonly items: readonly unknown[] }
  CommandSent: SagaCommandSent
  /** `answer` is absent where time completed it. */
  StepCompleted: { readonly path: string; readonly answer?: RecordedEvent }
  StepTimedOut: {
    readonly path: string
    readonly attempt: number
    readonly next: 'compensate' | 'continue' | 'command'
  }
  /** Refused, to be tried again at `due`. */
  StepDelayed: { readonly path: string; readonly refusal: string; readonly due: number }
  /** `effect` is unknown where a second command to the step's stream may have had one. */
  StepFailed: { readonly path: string; readonly failure: Failure; readonly effect: 'none' | 'unknown' }
  /** Awaited by a step that was not reached yet. */
  AnswerKept: { readonly event: RecordedEvent }
  AnswerIgnored: { readonly id: string; readonly type: string; readonly path?: string }
  StartIgnored: { readonly id: string }
  /** `plan`: the paths of the steps to compensate, in that order. */
  CompensationStarted: { readonly failure: Failure; readonly plan: readonly string[] }
  CompensationRefused: {
    readonly path: string
    readonly refusal: string
    readonly due: number
    readonly stuck: boolean
  }
  StepCompensated: { readonly path: string }
  /** `refusal`: of the `completed` or `compensated` command. */
  Ended: { readonly outcome: 'completed' | 'compensated'; readonly refusal?: string }
}

const PREFIX = 'eventwright.saga.'

type NameOf<Name extends string> = `${typeof PREFIX}${Name}`

/** What a saga's stream holds: technical events, which only the saga reads, and the relay its commands. */
export type SagaEvent = {
  [Name in keyof Payloads]: NewEvent<NameOf<Name>, Payloads[Name]>
}[keyof Payloads]

/** The intent to send a command: what `sagaRoute` publishes. */
export const COMMAND_SENT = 'eventwright.saga.CommandSent'

/** Makes one of a saga's events. */
export function sagaEvent<Name extends keyof Payloads>(
  name: Name,
  data: Payloads[Name],
): NewEvent<NameOf<Name>, Payloads[Name]> {
  return { type: `${PREFIX}${name}`, data }
}

/** True for the events that a saga's stream holds; only the saga writes them, so their payloads are as typed. */
export function isSagaEvent(event: NewEvent | PendingEvent): event is SagaEvent & PendingEvent {
  return event.type.startsWith(PREFIX)
}
