import type { Command } from '../aggregate/index.ts'
import type { PendingEvent, RecordedEvent } from '../event/index.ts'
import type { Failure } from './definition.ts'
import { isSagaEvent, type SagaCommandSent, type SagaEvent, type StepPlace } from './events.ts'
import { type CommandRole, commandLabel, ordinalOf } from './names.ts'

export type SentCommand = Command & { readonly commandId: string }

/**
 * `delayed`: refused, to be tried again. `passed`: timed out, and the saga went on. `failed`: it had no
 * effect. `unknown`: it may have had one. `undoDelayed`: its compensation was refused and will be tried again.
 */
export type StepStatus =
  | 'pending'
  | 'delayed'
  | 'done'
  | 'passed'
  | 'failed'
  | 'unknown'
  | 'undoing'
  | 'undoDelayed'
  | 'undone'

/** One step of this run, in one loop round. */
export interface StepState extends StepPlace {
  readonly status: StepStatus
  /** Order of events in the run, for "last in, first out". */
  readonly entered: number
  readonly finished?: number
  readonly attempt: number
  readonly refusals: number
  readonly command?: SentCommand
  /** The command of `timeout: { then: COMMAND }`, once it was sent. */
  readonly reminder?: SentCommand
  /** When this attempt times out, or the next one starts. */
  readonly due?: number
  readonly answer?: RecordedEvent
  readonly undo?: {
    readonly command: SentCommand
    readonly attempt: number
    readonly refusals: number
    readonly refusal?: string
    readonly stuck: boolean
  }
}

export interface SagaState {
  readonly status: 'none' | 'running' | 'compensating' | 'completed' | 'compensated'
  readonly key: string
  /** Counts from 1 in the stream: after an end the next start begins the next run. */
  readonly run: number
  /** Of the definition that it was started with. */
  readonly version: number
  readonly start?: RecordedEvent
  readonly correlationId: string
  readonly steps: { readonly [path: string]: StepState }
  readonly loops: { readonly [path: string]: readonly unknown[] }
  /** Last ordinal by label. */
  readonly ordinals: { readonly [label: string]: number }
  /** Commands of this run by id. */
  readonly commands: { readonly [commandId: string]: { readonly path: string; readonly role: CommandRole } }
  /** Awaited events that came before their step was reached. */
  readonly kept: readonly RecordedEvent[]
  readonly failure?: Failure
  /** Paths still to be compensated, the next one first. */
  readonly plan: readonly string[]
  /** True once the `completed` or `compensated` command was sent. */
  readonly ending: boolean
  /** Refusal of the `completed` or `compensated` command. */
  readonly endRefusal?: string
  /** Events of this run so far. */
  readonly clock: number
}

export const NOT_STARTED: SagaState = {
  status: 'none',
  key: '',
  run: 0,
  version: 0,
  correlationId: '',
  steps: {},
  loops: {},
  ordinals: {},
  commands: {},
  kept: [],
  plan: [],
  ending: false,
  clock: 0,
}

/** The state that a saga's stream tells; `from`: that of the events before. */
export function replay(events: readonly PendingEvent[], from: SagaState = NOT_STARTED): SagaState {
  return events.reduce((state, event) => (isSagaEvent(event) ? evolveSaga(state, event) : state), from)
}

/** One event further. Pure. */
export function evolveSaga(before: SagaState, event: SagaEvent): SagaState {
  const state = { ...before, clock: before.clock + 1 }
  switch (event.type) {
    case 'eventwright.saga.Started': {
      const { run, key, version, start, correlationId } = event.data
      return { ...NOT_STARTED, status: 'running', run, key, version, start, correlationId }
    }
    case 'eventwright.saga.LoopStarted':
      return { ...state, loops: { ...state.loops, [event.data.path]: event.data.items } }
    case 'eventwright.saga.StepReached': {
      const { due, ...place } = event.data
      return withStep(state, { ...place, ...fresh(state), attempt: 1, ...(due === undefined ? {} : { due }) })
    }
    case 'eventwright.saga.CommandSent':
      return sent(state, event.data)
    case 'eventwright.saga.StepCompleted': {
      const { path, answer } = event.data
      const kept = answer === undefined ? state.kept : state.kept.filter(({ id }) => id !== answer.id)
      return change({ ...state, kept }, path, ({ due: _, ...step }) => ({
        ...step,
        status: 'done',
        finished: state.clock,
        ...(answer === undefined ? {} : { answer }),
      }))
    }
    case 'eventwright.saga.StepTimedOut':
      return timedOut(state, event.data)
    case 'eventwright.saga.StepDelayed': {
      const { path, due } = event.data
      return change(state, path, (step) => ({ ...step, status: 'delayed', refusals: step.refusals + 1, due }))
    }
    case 'eventwright.saga.StepFailed': {
      const { path, effect } = event.data
      return change(state, path, ({ due: _, ...step }) => ({
        ...step,
        status: effect === 'none' ? 'failed' : 'unknown',
      }))
    }
    case 'eventwright.saga.AnswerKept':
      return { ...state, kept: [...state.kept, event.data.event] }
    case 'eventwright.saga.AnswerIgnored':
    case 'eventwright.saga.StartIgnored':
      return state
    case 'eventwright.saga.CompensationStarted': {
      const { failure, plan } = event.data
      return { ...state, status: 'compensating', failure, plan, ending: false, steps: givenUp(state.steps) }
    }
    case 'eventwright.saga.CompensationRefused': {
      const { path, refusal, due, stuck } = event.data
      return change(state, path, (step) => ({
        ...step,
        status: 'undoDelayed',
        due,
        ...(step.undo && { undo: { ...step.undo, refusals: step.undo.refusals + 1, refusal, stuck } }),
      }))
    }
    case 'eventwright.saga.StepCompensated': {
      const { path } = event.data
      const plan = state.plan.filter((planned) => planned !== path)
      return change({ ...state, plan }, path, (step) => ({ ...step, status: 'undone' }))
    }
    case 'eventwright.saga.Ended': {
      const { outcome, refusal } = event.data
      return { ...state, status: outcome, ...(refusal === undefined ? {} : { endRefusal: refusal }) }
    }
  }
}

function sent(before: SagaState, { role, command, ...data }: SagaCommandSent): SagaState {
  const { path, step, scope, attempt, due } = data
  const label = commandLabel(step, role)
  const ordinal = ordinalOf(command.commandId)
  const state = {
    ...before,
    // A resend in another round of a loop may repeat a lower one.
    ordinals: { ...before.ordinals, [label]: Math.max(ordinal, before.ordinals[label] ?? 0) },
    commands: { ...before.commands, [command.commandId]: { path, role } },
  }
  if (role === 'completed' || role === 'compensated') return { ...state, ending: true }
  if (role === 'timeout') return change(state, path, (current) => ({ ...current, reminder: command }))
  if (role === 'undo') {
    return change(state, path, ({ due: _, ...current }) => ({
      ...current,
      status: 'undoing',
      undo: { refusals: 0, stuck: false, ...current.undo, command, attempt },
    }))
  }
  const { due: _, ...current } = state.steps[path] ?? { path, step, scope, ...fresh(state) }
  return withStep(state, {
    ...current,
    status: 'pending',
    command,
    attempt,
    ...(due === undefined ? {} : { due }),
  })
}

function timedOut(
  state: SagaState,
  { path, next }: { readonly path: string; readonly next: 'compensate' | 'continue' | 'command' },
): SagaState {
  return change(state, path, ({ due: _, ...step }) => {
    if (next === 'command') return step
    if (next === 'continue') return { ...step, status: 'passed', finished: state.clock }
    return { ...step, status: 'unknown' }
  })
}

// What was in flight when another step failed: its effect is unknown, unless its last word was a refusal.
function givenUp(steps: SagaState['steps']): SagaState['steps'] {
  return Object.fromEntries(
    Object.entries(steps).map(([path, step]) => {
      if (!isOpen(step)) return [path, step]
      const { due: _, ...rest } = step
      return [path, { ...rest, status: mayHaveEffect(step) ? 'unknown' : 'failed' }]
    }),
  )
}

/** True while a run has not ended. */
export function isActive({ status }: SagaState): boolean {
  return status === 'running' || status === 'compensating'
}

/** True while an answer counts: the attempt is out, or the next one is to come. */
export function isOpen({ status }: StepState): boolean {
  return status === 'pending' || status === 'delayed'
}

/** True for a step that has, or may have, an effect that is to be compensated. */
export function mayHaveEffect({ status, reminder }: StepState): boolean {
  if (status === 'delayed') return reminder !== undefined
  return status === 'done' || status === 'passed' || status === 'unknown' || status === 'pending'
}

function fresh(state: SagaState): Pick<StepState, 'status' | 'entered' | 'attempt' | 'refusals'> {
  return { status: 'pending', entered: state.clock, attempt: 0, refusals: 0 }
}

function withStep(state: SagaState, step: StepState): SagaState {
  return { ...state, steps: { ...state.steps, [step.path]: step } }
}

function change(state: SagaState, path: string, to: (step: StepState) => StepState): SagaState {
  const step = state.steps[path]
  return step === undefined ? state : withStep(state, to(step))
}
