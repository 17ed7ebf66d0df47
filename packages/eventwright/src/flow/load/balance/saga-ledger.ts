import type { Saga, Step } from '../../model/index.ts'
import { stepsOf } from '../saga-steps.ts'
import { type BalanceCheck, checked, count, newWrongs, type Wrongs } from './check.ts'
import type { SagaRun } from './saga-run.ts'

/** What became of the runs of one saga. */
export interface SagaLedger {
  readonly saga: Saga
  /** Start events that no run was begun by yet: the keys, by the event's id. */
  readonly due: Map<string, string>
  started: number
  /** Starts that came while a run was open. */
  ignored: number
  completed: number
  compensated: number
  /** By key the first event of a command of a run that was not open. */
  readonly orphans: Map<string, string>
  /** Ids of commands that nothing has to take back, and that were still on their way when their run was given up. */
  readonly late: Set<string>
  readonly wrong: Wrongs
}

export function newLedger(saga: Saga): SagaLedger {
  return {
    saga,
    due: new Map(),
    started: 0,
    ignored: 0,
    completed: 0,
    compensated: 0,
    orphans: new Map(),
    late: new Set(),
    wrong: newWrongs(),
  }
}

/** `429 started = 375 completed + 49 compensated + 5 waiting`; what is wrong is added to the ledger first. */
export function balanceOf(ledger: SagaLedger, open: readonly SagaRun[], settled: boolean): BalanceCheck {
  const { saga, due, started, completed, compensated, ignored, orphans, wrong } = ledger
  const stuck = open.filter((run) => run.stuck.size > 0)
  const moving = open.filter((run) => run.stuck.size === 0 && !waits(run))
  const waiting = open.length - stuck.length - moving.length
  for (const key of due.values()) wrong.add(`${key}: ${saga.start} began no run`)
  const unbegun = new Set(due.values())
  for (const [key, what] of orphans) if (!unbegun.has(key)) wrong.add(`${key}: ${what}`)
  for (const { key } of stuck) wrong.add(`${key}: stuck, its compensation is refused again and again`)
  if (settled) for (const run of moving) wrong.add(`${run.key}: stands still ${whereabouts(run)}`)
  const says = [
    `${count(started)} started = ${count(completed)} completed + ${count(compensated)} compensated`,
    ...(stuck.length > 0 ? [`${count(stuck.length)} stuck`] : []),
    ...(waiting > 0 ? [`${count(waiting)} waiting for an answer or a time`] : []),
    ...(moving.length > 0 ? [`${count(moving.length)} under way`] : []),
  ].join(' + ')
  const figures = {
    started,
    completed,
    compensated,
    stuck: stuck.length,
    waiting,
    underWay: moving.length,
    ignored,
  }
  return checked({ check: 'saga', of: saga.name, says, figures }, wrong)
}

function whereabouts({ pending }: SagaRun): string {
  const steps = [...pending.values()].map(({ step }) => step).filter((step) => step !== '')
  return steps.length === 0 ? 'between two steps' : `at ${steps.join(' and ')}`
}

/** True where all that it waits for is a time, or somebody outside. */
function waits(run: SagaRun): boolean {
  const steps = new Map(stepsOf(run.saga.nodes).map((step) => [step.name, step]))
  if (run.pending.size === 0) return false
  return [...run.pending].every(([path, { step, due }]) => {
    const node = steps.get(step)
    if (due !== undefined) return true
    return node !== undefined && (node.send === undefined || waitsOutside(run, path, node))
  })
}

/** Its command was taken and has not answered it: whoever answers is outside. */
function waitsOutside({ sent, effects }: SagaRun, path: string, { done, fail }: Step): boolean {
  const forward = [...sent.values()].filter((one) => one.path === path && one.role === 'do')
  const answers = new Set([...done, ...fail].map(({ event }) => event))
  return forward.some(
    ({ handled, command }) =>
      handled?.outcome === 'events' &&
      !effects.some(({ type, commandId }) => commandId === command.commandId && answers.has(type)),
  )
}
