import { type Command, streamOf } from '../aggregate/index.ts'
import type { RecordedEvent } from '../event/index.ts'
import { contextAt } from './context.ts'
import type { SagaContext, SagaDefinition } from './definition.ts'
import { CommandElsewhere } from './errors.ts'
import { type SagaEvent, type StepPlace, sagaEvent } from './events.ts'
import { type CommandRole, commandId, commandLabel, sagaStream } from './names.ts'
import { evolveSaga, type SagaState, type StepState } from './state.ts'

/** A state that was started. */
export type StartedState = SagaState & { readonly start: RecordedEvent }

/** One reaction while it is being worked out: the state so far and what was recorded on the way. */
export interface Turn {
  readonly definition: SagaDefinition
  readonly tenant: string
  readonly now: number
  /** What led to this reaction: the id of an event or a command. */
  readonly cause: string
  state: SagaState
  readonly recorded: SagaEvent[]
}

/** Records an event and takes the state along, so that what is decided next sees it. */
export function record(turn: Turn, event: SagaEvent): void {
  turn.recorded.push(event)
  turn.state = evolveSaga(turn.state, event)
}

/** What a step's functions see now. */
export function contextOf(turn: Turn, scope: string): SagaContext {
  return contextAt(turn.definition, started(turn.state), scope, turn.now)
}

function started(state: SagaState): StartedState {
  if (state.start === undefined) throw new TypeError('a saga that was not started has no context')
  return { ...state, start: state.start }
}

interface Sending {
  readonly place: StepPlace
  readonly role: CommandRole
  readonly attempt: number
  readonly command: Command
  readonly due?: number
}

/** Records the intent to send a command under a new id. */
export function sendNew(turn: Turn, { command, ...sending }: Sending): void {
  const { place, role, attempt, due } = sending
  const label = commandLabel(place.step, role)
  const ordinal = (turn.state.ordinals[label] ?? 0) + 1
  const { name } = turn.definition
  const identified = {
    ...command,
    commandId: commandId(name, turn.state.key, turn.state.run, label, ordinal),
    correlationId: turn.state.correlationId,
    causationId: turn.cause,
    tenant: turn.tenant,
    saga: sagaStream(name, turn.state.key),
  }
  const data = { ...place, role, attempt, command: identified }
  record(turn, sagaEvent('CommandSent', due === undefined ? data : { ...data, due }))
}

const LONGEST_BACKOFF = 60_000

/** Milliseconds before the next try: doubled with each refusal, up to a minute. */
export function delay(first: number, refusals: number): number {
  return Math.min(first * 2 ** Math.min(refusals, 30), Math.max(first, LONGEST_BACKOFF))
}

/** A compensation or a time-out's command must be in order with the step's own. @throws CommandElsewhere */
export function sameStream(turn: Turn, { step, command }: StepState, other: Command): void {
  if (command === undefined) return
  const expected = streamOf(command.aggregate, command.id)
  const given = streamOf(other.aggregate, other.id)
  if (expected !== given) throw new CommandElsewhere(turn.definition.name, step, expected, given)
}
