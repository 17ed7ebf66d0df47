import type { EventStore } from '../store/index.ts'
import { sagaStream } from './names.ts'
import { isOpen, replay, type SagaState } from './state.ts'

/** Where a saga stands. */
export interface SagaStatus {
  readonly status: 'none' | 'running' | 'compensating' | 'stuck' | 'completed' | 'compensated'
  /** Steps that are pending, or being compensated; in the order in which they were reached. */
  readonly steps: readonly string[]
  /** From 1; 0 for `none`. */
  readonly run: number
  readonly version: number
  readonly failure?: SagaState['failure']
  /** Refusal of the `completed` or `compensated` command that ended it. */
  readonly refusal?: string
}

/** Where a saga stands by its state. */
export function statusOf(state: SagaState): SagaStatus {
  const current = Object.values(state.steps)
    .filter((step) => isOpen(step) || step.status === 'undoing' || step.status === 'undoDelayed')
    .sort((a, b) => a.entered - b.entered)
  const stuck = state.status === 'compensating' && current.some(({ undo }) => undo?.stuck)
  return {
    status: stuck ? 'stuck' : state.status,
    steps: current.map(({ step }) => step),
    run: state.run,
    version: state.version,
    ...(state.failure === undefined ? {} : { failure: state.failure }),
    ...(state.endRefusal === undefined ? {} : { refusal: state.endRefusal }),
  }
}

/** Where the saga of a key stands, read from its stream. */
export async function sagaStatus(
  store: EventStore,
  name: string,
  key: string,
  options: { readonly tenant?: string } = {},
): Promise<SagaStatus> {
  const { events } = await store.read(sagaStream(name, key), options)
  return statusOf(replay(events))
}
