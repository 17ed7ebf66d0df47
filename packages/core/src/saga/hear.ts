import type { RecordedEvent } from '../event/index.ts'
import { fail } from './compensation.ts'
import type { SagaDefinition, StepNode } from './definition.ts'
import { sagaEvent } from './events.ts'
import { advance, isInStreamOf, settle } from './forward.ts'
import type { EventInput } from './input.ts'
import { ownCommand } from './names.ts'
import { isActive, isOpen, type SagaState, type StepState } from './state.ts'
import { awaits, awaitsLater, nodeAt, stepsOf, takesFromOutside } from './tree.ts'
import { record, type Turn } from './turn.ts'

/** An event for a saga. `keep`: it is awaited by a run that has not started yet. */
export function hear(turn: Turn, input: EventInput): 'keep' | undefined {
  const { event, key, keyed } = input
  if (isActive(turn.state)) {
    hearWhileActive(turn, event, keyed)
    return
  }
  if (keyed && event.type === turn.definition.start && event.id !== turn.state.start?.id) {
    start(turn, event, key, input.early ?? [])
    return
  }
  return hearBetweenRuns(turn, event, keyed)
}

function start(turn: Turn, event: RecordedEvent, key: string, early: readonly RecordedEvent[]): void {
  const { name, version } = turn.definition
  const correlationId = event.metadata.correlationId ?? event.id
  const run = turn.state.run + 1
  record(turn, sagaEvent('Started', { saga: name, version, run, key, start: event, correlationId }))
  for (const kept of early) hearWhileActive(turn, kept, true)
  if (turn.state.status === 'running') advance(turn)
}

function hearWhileActive(turn: Turn, event: RecordedEvent, keyed: boolean): void {
  const { definition, state } = turn
  const open = openStepFor(turn, event, keyed)
  if (open !== undefined) {
    settle(turn, open.node, open.step.path, event)
    if (turn.state.status === 'running') advance(turn)
    return
  }
  if (keyed && definition.cancel.includes(event.type) && state.status === 'running') cancel(turn, event)
  if (keyed && event.type === definition.start) {
    ignoreStart(turn, event)
    return
  }
  const late = lateFor(turn, event, keyed)
  if (late !== undefined) {
    ignoreAnswer(turn, event, late)
    return
  }
  if (keyed && state.status === 'running' && awaitsLater(definition.nodes, state, event)) {
    record(turn, sagaEvent('AnswerKept', { event }))
  }
}

interface OpenStep {
  readonly step: StepState
  readonly node: StepNode
}

// By the command that caused it; else by the key: a step that sends takes only what stands in its stream.
function openStepFor(turn: Turn, event: RecordedEvent, keyed: boolean): OpenStep | undefined {
  const { definition, state } = turn
  const own = causingPath(state, event)
  return Object.values(state.steps)
    .filter(isOpen)
    .sort((a, b) => a.entered - b.entered)
    .flatMap((step) => withNode(definition, step))
    .find(({ step, node }) => {
      if (!awaits(node, event.type)) return false
      return step.path === own || (keyed && isFromOutsideFor(step, node, event))
    })
}

function isFromOutsideFor(step: StepState, node: StepNode, event: RecordedEvent): boolean {
  return takesFromOutside(node, event) && (step.command === undefined || isInStreamOf(step, event))
}

/** The step whose command (or its time-out's) caused the event. */
function causingPath(state: SagaState, event: RecordedEvent): string | undefined {
  const sent = state.commands[event.metadata.causationId ?? '']
  return sent?.role === 'do' || sent?.role === 'timeout' ? sent.path : undefined
}

function withNode(definition: SagaDefinition, step: StepState): readonly OpenStep[] {
  const node = nodeAt(definition.nodes, step.path)
  return node?.kind === 'step' ? [{ step, node }] : []
}

function cancel(turn: Turn, event: RecordedEvent): void {
  const open = Object.values(turn.state.steps).find(isOpen)
  fail(turn, { step: open?.step ?? '', event: event.type, refusal: 'Cancelled', data: event.data })
}

function ignoreStart(turn: Turn, event: RecordedEvent): void {
  if (event.id !== turn.state.start?.id) record(turn, sagaEvent('StartIgnored', { id: event.id }))
}

function ignoreAnswer(turn: Turn, { id, type }: RecordedEvent, path: string): void {
  record(turn, sagaEvent('AnswerIgnored', { id, type, path }))
}

// The step that awaited the event and went on, or was given up, without an answer. `''`: of an earlier run.
function lateFor(turn: Turn, event: RecordedEvent, keyed: boolean): string | undefined {
  const { definition, state } = turn
  const own = causingPath(state, event)
  const late = Object.values(state.steps)
    .filter((step) => !isOpen(step) && step.answer === undefined)
    .flatMap((step) => withNode(definition, step))
    .find(({ step, node }) => {
      if (!awaits(node, event.type)) return false
      return step.path === own || (keyed && isFromOutsideFor(step, node, event))
    })
  return late?.step.path ?? (isOfEarlierRun(turn, event) ? '' : undefined)
}

function isOfEarlierRun({ definition, state }: Turn, event: RecordedEvent): boolean {
  const own = ownCommand(definition.name, event.metadata.causationId)
  if (own === undefined || own.run >= state.run || own.label.includes(':')) return false
  return stepsOf(definition.nodes).some((step) => awaits(step, event.type))
}

function hearBetweenRuns(turn: Turn, event: RecordedEvent, keyed: boolean): 'keep' | undefined {
  const { definition, state } = turn
  const late = lateFor(turn, event, keyed)
  if (late !== undefined) {
    ignoreAnswer(turn, event, late)
    return
  }
  if (!keyed) return
  const awaiting = stepsOf(definition.nodes).filter((step) => takesFromOutside(step, event))
  if (state.status === 'none') {
    return awaiting.length > 0 || definition.cancel.includes(event.type) ? 'keep' : undefined
  }
  // After an end it may be early for the next run, or late for this one: a run that was completed had its answers.
  if (awaiting.length === 0) return
  if (state.status === 'completed' && awaiting.some(({ send }) => send === undefined)) return 'keep'
  ignoreAnswer(turn, event, '')
  return
}
