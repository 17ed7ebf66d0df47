import { streamOf } from '../aggregate/index.ts'
import type { RecordedEvent } from '../event/index.ts'
import { fail } from './compensation.ts'
import type { EachNode, SagaNode, StepNode, WaitNode } from './definition.ts'
import { sagaEvent } from './events.ts'
import type { SentCommand, StepState } from './state.ts'
import {
  awaits,
  type Branch,
  insideParallel,
  pathOf,
  placeOf,
  roundOf,
  TOP,
  takesFromOutside,
} from './tree.ts'
import { contextOf, delay, record, sameStream, sendNew, type Turn } from './turn.ts'

/** Starts whatever can be started now; when all is done, ends the saga. */
export function advance(turn: Turn): void {
  if (!walk(turn, turn.definition.nodes, TOP)) return
  if (turn.state.ending) return
  const { completed } = turn.definition
  if (completed === undefined) {
    record(turn, sagaEvent('Ended', { outcome: 'completed' }))
    return
  }
  const place = { path: '', step: '', scope: '' }
  sendNew(turn, { place, role: 'completed', attempt: 1, command: completed(contextOf(turn, '')) })
}

/** True when all nodes are past. Reaching a node may fail the saga, which ends the walk. */
function walk(turn: Turn, nodes: readonly SagaNode[], branch: Branch): boolean {
  return nodes.every((node) => turn.state.status === 'running' && walkNode(turn, node, branch))
}

function walkNode(turn: Turn, node: SagaNode, branch: Branch): boolean {
  if (node.kind === 'each') return walkLoop(turn, node, branch)
  if (node.kind === 'parallel') {
    const inside = insideParallel(branch, node.name)
    // All branches are walked, also behind one that is not past.
    return node.branches.map((nodes) => walk(turn, nodes, inside)).every((past) => past)
  }
  const path = pathOf(branch, node.name)
  if (turn.state.steps[path] === undefined) enter(turn, node, branch)
  const status = turn.state.steps[path]?.status
  return turn.state.status === 'running' && (status === 'done' || status === 'passed')
}

function walkLoop(turn: Turn, node: EachNode, branch: Branch): boolean {
  const path = pathOf(branch, node.name)
  if (turn.state.loops[path] === undefined) {
    const items = [...node.items(contextOf(turn, branch.scope))]
    record(turn, sagaEvent('LoopStarted', { path, items }))
  }
  const rounds = turn.state.loops[path] ?? []
  return rounds.every((_, index) => walk(turn, node.body, roundOf(path, index)))
}

function enter(turn: Turn, node: StepNode | WaitNode, branch: Branch): void {
  const place = placeOf(branch, node.name)
  const due = node.kind === 'wait' ? turn.now + node.milliseconds : dueOf(turn, node)
  if (node.kind === 'step' && node.send !== undefined) {
    const command = node.send(contextOf(turn, branch.scope))
    sendNew(turn, { place, role: 'do', attempt: 1, command, ...(due === undefined ? {} : { due }) })
  } else {
    record(turn, sagaEvent('StepReached', due === undefined ? place : { ...place, due }))
  }
  if (node.kind === 'step') useKept(turn, node, place.path)
}

function dueOf(turn: Turn, node: StepNode): number | undefined {
  return node.timeout === undefined ? undefined : turn.now + node.timeout.after
}

function useKept(turn: Turn, node: StepNode, path: string): void {
  const step = turn.state.steps[path]
  const event = turn.state.kept.find(
    (kept) => takesFromOutside(node, kept) && (step?.command === undefined || isInStreamOf(step, kept)),
  )
  if (event !== undefined) settle(turn, node, path, event)
}

/** True if the event stands in the stream that the step's command went to. */
export function isInStreamOf({ command }: StepState, event: RecordedEvent): boolean {
  return command !== undefined && streamOf(command.aggregate, command.id) === event.stream
}

/** Takes an event as a step's answer: completes the step, or fails the saga. Does not walk on. */
export function settle(turn: Turn, node: StepNode, path: string, event: RecordedEvent): void {
  if (!awaits(node, event.type)) return
  if (node.done.includes(event.type)) {
    record(turn, sagaEvent('StepCompleted', { path, answer: event }))
    return
  }
  const failure = { step: node.name, event: event.type, data: event.data }
  record(turn, sagaEvent('StepFailed', { path, failure, effect: 'none' }))
  fail(turn, failure)
}

/** The command of a pending step was refused, or decided on nothing. */
export function refuse(turn: Turn, node: StepNode, step: StepState, refusal: string): void {
  if (mayRetry(node, step)) {
    const backoff = node.retry?.backoff ?? 0
    const due = turn.now + delay(backoff, step.refusals)
    record(turn, sagaEvent('StepDelayed', { path: step.path, refusal, due }))
    return
  }
  failBy(turn, step, refusal)
}

/** Fails the step by a refusal. A second command to its stream may have had an effect all the same. */
export function failBy(turn: Turn, step: StepState, refusal: string): void {
  const failure = { step: step.step, refusal }
  const effect = step.reminder === undefined ? 'none' : 'unknown'
  record(turn, sagaEvent('StepFailed', { path: step.path, failure, effect }))
  fail(turn, failure)
}

function mayRetry({ retry, send }: StepNode, step: StepState): boolean {
  return (
    send !== undefined && retry !== undefined && (retry.times === 'forever' || step.attempt <= retry.times)
  )
}

/** The attempt's time is over: what was due was its answer, its next try, or the end of a wait. */
export function stepDue(turn: Turn, node: StepNode | WaitNode, step: StepState): void {
  if (node.kind === 'wait') {
    record(turn, sagaEvent('StepCompleted', { path: step.path }))
    advance(turn)
    return
  }
  const { command, status } = step
  if (command !== undefined && status === 'delayed') tryAgain(turn, node, step, command)
  else if (command !== undefined && mayRetry(node, step)) resend(turn, node, step, command)
  else timeOut(turn, node, step)
}

// Refused: the same command under the next ordinal, since the refusal is recorded under the last one.
function tryAgain(turn: Turn, node: StepNode, step: StepState, command: SentCommand): void {
  const due = dueOf(turn, node)
  const place = { path: step.path, step: step.step, scope: step.scope }
  const sending = { place, role: 'do', attempt: step.attempt + 1, command } as const
  sendNew(turn, due === undefined ? sending : { ...sending, due })
}

// No answer: the command may have been lost or decided already, so it goes out again as it was.
function resend(turn: Turn, node: StepNode, step: StepState, command: SentCommand): void {
  const due = dueOf(turn, node)
  const { path, scope, attempt } = step
  const data = { path, step: step.step, scope, role: 'do', attempt: attempt + 1, command } as const
  record(turn, sagaEvent('CommandSent', due === undefined ? data : { ...data, due }))
}

function timeOut(turn: Turn, node: StepNode, step: StepState): void {
  const { path, attempt } = step
  const next = node.timeout?.then ?? 'compensate'
  record(
    turn,
    sagaEvent('StepTimedOut', { path, attempt, next: typeof next === 'string' ? next : 'command' }),
  )
  if (next === 'continue') {
    advance(turn)
    return
  }
  if (next === 'compensate') {
    fail(turn, { step: step.step, refusal: 'TimedOut' })
    return
  }
  const command = next(contextOf(turn, step.scope))
  sameStream(turn, step, command)
  const place = { path, step: step.step, scope: step.scope }
  sendNew(turn, { place, role: 'timeout', attempt, command })
}
