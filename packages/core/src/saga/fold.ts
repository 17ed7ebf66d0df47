import type { PendingEvent } from '../event/index.ts'
import { NOT_STARTED, replay, type SagaState, type StepState, type StepStatus } from './state.ts'
import { type SagaStatus, statusOf } from './status.ts'

/** A step of a saga's run, as far as it came. */
export interface SagaStep {
  /** Where it stands in parallels and loop rounds: `lines/0/reserve`. */
  readonly path: string
  readonly status: StepStatus
  readonly attempt: number
  /** `reserve stock-tea (checkout/o-1/1/reserve/1)`: the command that was sent, its target and its id. */
  readonly command?: string
  /** The type of the event that answered it. */
  readonly answer?: string
  /** When this attempt times out or the next one starts: milliseconds since 1970. */
  readonly due?: number
  /** The compensation: its command, and what it was refused with last. */
  readonly undo?: { readonly command: string; readonly attempt: number; readonly refusal?: string }
}

/** Where a saga stood, step by step. */
export interface SagaProgress extends Omit<SagaStatus, 'steps'> {
  readonly key: string
  /** In the order in which they were reached. */
  readonly steps: readonly SagaStep[]
}

/** The events of a saga's stream, taken in one by one. */
export interface SagaFold {
  take(event: PendingEvent): void
  /** After the events that were taken. */
  progress(): SagaProgress
}

/** Begins to fold the stream of a saga: what it tells needs no definition. */
export function sagaFold(): SagaFold {
  let state: SagaState = NOT_STARTED
  return {
    take(event) {
      state = replay([event], state)
    },
    progress() {
      const steps = Object.values(state.steps)
        .sort((a, b) => a.entered - b.entered)
        .map(stepOf)
      return { ...statusOf(state), key: state.key, steps }
    },
  }
}

function stepOf({ path, status, attempt, command, answer, due, undo }: StepState): SagaStep {
  return {
    path,
    status,
    attempt,
    ...(command === undefined ? {} : { command: commandText(command) }),
    ...(answer === undefined ? {} : { answer: answer.type }),
    ...(due === undefined ? {} : { due }),
    ...(undo === undefined ? {} : { undo: undoOf(undo) }),
  }
}

function undoOf({
  command,
  attempt,
  refusal,
}: NonNullable<StepState['undo']>): NonNullable<SagaStep['undo']> {
  const told = { command: commandText(command), attempt }
  return refusal === undefined ? told : { ...told, refusal }
}

function commandText({ type, aggregate, id, commandId }: NonNullable<StepState['command']>): string {
  return `${type} ${aggregate}-${id} (${commandId})`
}
