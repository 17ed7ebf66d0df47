import type { CommandHandled } from '../aggregate/index.ts'
import { stepGone, undoDone, undoDue, undoRefused } from './compensation.ts'
import type { SagaDefinition } from './definition.ts'
import { NewerSaga } from './errors.ts'
import { type SagaEvent, sagaEvent } from './events.ts'
import { failBy, refuse, stepDue } from './forward.ts'
import { hear } from './hear.ts'
import type { SagaInput } from './input.ts'
import { isActive, type SagaState, type StepState } from './state.ts'
import { timersOf } from './timers.ts'
import { nodeAt } from './tree.ts'
import { record, type Turn } from './turn.ts'

/** The refusal's name where a command decided on nothing. */
export const NOTHING_HAPPENED = 'NothingHappened'

export interface Reaction {
  /** The state after `events`. */
  readonly state: SagaState
  readonly events: readonly SagaEvent[]
  /** True for an event that is awaited by a run that has not started: keep it for the start. */
  readonly keep: boolean
}

/**
 * What a saga does about an input: the events to record, the commands among them. Pure; `state` is what the
 * saga's stream told before. @throws NewerSaga SagaStepGone CommandElsewhere, and what the definition's functions throw
 */
export function react(
  definition: SagaDefinition,
  state: SagaState,
  input: SagaInput,
  at: { readonly now: number; readonly tenant: string },
): Reaction {
  checkDefinition(definition, state)
  const turn: Turn = { definition, ...at, cause: causeOf(state, input), state, recorded: [] }
  const keep = input.kind === 'event' && hear(turn, input) === 'keep'
  if (input.kind === 'handled') commandHandled(turn, input.handled)
  if (input.kind === 'timer') timerDue(turn, input.id)
  return { state: turn.state, events: turn.recorded, keep }
}

function checkDefinition(definition: SagaDefinition, state: SagaState): void {
  if (!isActive(state)) return
  if (state.version > definition.version) {
    throw new NewerSaga(definition.name, state.key, state.version, definition.version)
  }
  const gone = Object.keys(state.steps).find((path) => nodeAt(definition.nodes, path) === undefined)
  if (gone !== undefined) throw stepGone({ definition, state }, gone)
}

// What a time-out leads to was led to by the command that was not answered.
function causeOf(state: SagaState, input: SagaInput): string {
  if (input.kind === 'event') return input.event.id
  if (input.kind === 'handled') return input.id
  const path = timersOf(state).find(({ id }) => id === input.id)?.path
  const step = path === undefined ? undefined : state.steps[path]
  return step?.undo?.command.commandId ?? step?.command?.commandId ?? state.start?.id ?? input.id
}

function commandHandled(turn: Turn, { commandId, outcome, refusal }: CommandHandled): void {
  const sent = turn.state.commands[commandId]
  if (sent === undefined || !isActive(turn.state)) return
  const refused = outcome === 'refused' ? (refusal ?? 'Refused') : undefined
  const step = turn.state.steps[sent.path]
  if (sent.role === 'completed' || sent.role === 'compensated') end(turn, sent.role, refused)
  else if (step === undefined) return
  else if (sent.role === 'undo') undoHandled(turn, step, commandId, refused)
  else stepHandled(turn, step, commandId, refused ?? (outcome === 'nothing' ? NOTHING_HAPPENED : undefined))
}

function undoHandled(turn: Turn, step: StepState, commandId: string, refused: string | undefined): void {
  if (step.status !== 'undoing' || step.undo?.command.commandId !== commandId) return
  if (refused === undefined) undoDone(turn, step)
  else undoRefused(turn, step, refused)
}

// Outcome "events" says nothing here: if they do not answer the step, a gateway's call-back will.
function stepHandled(turn: Turn, step: StepState, commandId: string, why: string | undefined): void {
  const node = nodeAt(turn.definition.nodes, step.path)
  if (why === undefined || step.status !== 'pending' || node?.kind !== 'step') return
  if (step.reminder?.commandId === commandId) failBy(turn, step, why)
  else if (step.command?.commandId === commandId) refuse(turn, node, step, why)
}

// A cancellation may have come in between: then the `completed` command's outcome counts no more.
function end(turn: Turn, role: 'completed' | 'compensated', refusal: string | undefined): void {
  const { status, ending } = turn.state
  if (!ending || (role === 'completed') !== (status === 'running')) return
  record(turn, sagaEvent('Ended', refusal === undefined ? { outcome: role } : { outcome: role, refusal }))
}

function timerDue(turn: Turn, id: string): void {
  const timer = timersOf(turn.state).find((current) => current.id === id)
  const step = timer && turn.state.steps[timer.path]
  const node = timer && nodeAt(turn.definition.nodes, timer.path)
  // No such timer: its attempt is not pending any more.
  if (step === undefined || node === undefined) return
  if (step.status === 'undoDelayed') {
    undoDue(turn, step)
    return
  }
  stepDue(turn, node, step)
}
