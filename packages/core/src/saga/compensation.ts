import type { Command } from '../aggregate/index.ts'
import type { Failure } from './definition.ts'
import { SagaStepGone } from './errors.ts'
import { sagaEvent } from './events.ts'
import { mayHaveEffect, type StepState } from './state.ts'
import { nodeAt } from './tree.ts'
import { contextOf, delay, record, sameStream, sendNew, type Turn } from './turn.ts'

const FIRST_BACKOFF = 1000
const STUCK_AFTER = 10

/** Fails the saga: from here on what may have had an effect is undone, last in, first out. */
export function fail(turn: Turn, failure: Failure): void {
  const plan = Object.values(turn.state.steps)
    .filter((step) => mayHaveEffect(step) && undoOf(turn, step) !== undefined)
    .sort(lastFirst)
    .map(({ path }) => path)
  record(turn, sagaEvent('CompensationStarted', { failure, plan }))
  compensateNext(turn)
}

// What is still open came after all that is finished, in the order in which it was entered.
function lastFirst(a: StepState, b: StepState): number {
  const [left, right] = [a.finished ?? Number.POSITIVE_INFINITY, b.finished ?? Number.POSITIVE_INFINITY]
  return left === right ? b.entered - a.entered : right - left
}

function undoOf(turn: Turn, { path }: StepState) {
  const node = nodeAt(turn.definition.nodes, path)
  return node?.kind === 'step' ? node.undo : undefined
}

/** Sends the next compensation of the plan; when there is none left, ends the saga. */
export function compensateNext(turn: Turn): void {
  const [path] = turn.state.plan
  if (path === undefined) {
    endCompensated(turn)
    return
  }
  const step = turn.state.steps[path]
  const undo = step && undoOf(turn, step)
  if (step === undefined || undo === undefined) throw stepGone(turn, path)
  const command = undo(contextOf(turn, step.scope))
  sameStream(turn, step, command)
  // The forward command's id: the target refuses it from then on, so that a late redrive of it does nothing.
  const compensates = step.command?.commandId
  sendUndo(turn, step, 1, compensates === undefined ? command : { ...command, compensates })
}

function endCompensated(turn: Turn): void {
  const { compensated } = turn.definition
  if (compensated === undefined) {
    record(turn, sagaEvent('Ended', { outcome: 'compensated' }))
    return
  }
  const place = { path: '', step: '', scope: '' }
  sendNew(turn, { place, role: 'compensated', attempt: 1, command: compensated(contextOf(turn, '')) })
}

/** A compensation was refused: it is tried again until it is done, and is `stuck` after so many refusals. */
export function undoRefused(turn: Turn, step: StepState, refusal: string): void {
  const refusals = (step.undo?.refusals ?? 0) + 1
  const due = turn.now + delay(FIRST_BACKOFF, refusals - 1)
  const stuck = refusals >= (turn.definition.stuckAfter ?? STUCK_AFTER)
  record(turn, sagaEvent('CompensationRefused', { path: step.path, refusal, due, stuck }))
}

export function undoDone(turn: Turn, step: StepState): void {
  record(turn, sagaEvent('StepCompensated', { path: step.path }))
  compensateNext(turn)
}

/** The pause after a refused compensation is over. */
export function undoDue(turn: Turn, step: StepState): void {
  if (step.undo !== undefined) sendUndo(turn, step, step.undo.attempt + 1, step.undo.command)
}

function sendUndo(turn: Turn, { path, step, scope }: StepState, attempt: number, command: Command): void {
  sendNew(turn, { place: { path, step, scope }, role: 'undo', attempt, command })
}

export function stepGone(turn: Pick<Turn, 'definition' | 'state'>, path: string): SagaStepGone {
  const { definition, state } = turn
  return new SagaStepGone(definition.name, state.key, path, state.version, definition.version)
}
