import { encodePart } from './names.ts'
import { isActive, type SagaState, type StepState } from './state.ts'

/** What a saga waits for in time. It belongs to one attempt of one step of one run. */
export interface SagaTimer {
  readonly id: string
  readonly path: string
  readonly due: number
  /** True while a compensation is stuck: timers are how `health()` finds those of all tenants. */
  readonly stuck: boolean
}

/** The timers that a state asks for: all others of this saga are over. */
export function timersOf(state: SagaState): readonly SagaTimer[] {
  if (!isActive(state)) return []
  return Object.values(state.steps).flatMap((step) => {
    if (step.due === undefined) return []
    return [{ id: timerId(state, step), path: step.path, due: step.due, stuck: step.undo?.stuck ?? false }]
  })
}

function timerId({ key, run }: SagaState, { path, status, attempt, undo }: StepState): string {
  const count = status === 'undoDelayed' ? undo?.attempt : attempt
  return `${encodePart(key)}/${run}/${encodePart(path)}/${status}/${count}`
}

/** What to set and what to cancel, to get from one state's timers to another's. */
export function timerChanges(
  before: SagaState,
  after: SagaState,
): { readonly set: readonly SagaTimer[]; readonly cancel: readonly string[] } {
  const old = new Map(timersOf(before).map((timer) => [timer.id, timer.due]))
  const current = timersOf(after)
  const ids = new Set(current.map(({ id }) => id))
  return {
    set: current.filter(({ id, due }) => old.get(id) !== due),
    cancel: [...old.keys()].filter((id) => !ids.has(id)),
  }
}
