import type { App, EventStore } from '@eventwright/core'
import { compileFlow, loadDeciders } from '../../compile/index.ts'
import type { Flow } from '../../model/index.ts'
import { definitionsOf } from '../judge.ts'
import { type BalanceCheck, checked, count, newWrongs } from './check.ts'
import { decisionCheck } from './decision-check.ts'
import { logCheck } from './log-check.ts'
import { nodeNames } from './node-names.ts'
import { projectionCheck } from './projection-check.ts'
import { quantityCheck } from './quantity-check.ts'
import { sagaCheck } from './saga-check.ts'
import { walkLog } from './walk.ts'

/** What a balance is drawn from. An app with `start: false` will do: nothing of it needs to run. */
export type BalancedApp = Pick<App, 'documents' | 'caughtUp' | 'deadLetters'> & {
  readonly store: Pick<EventStore, 'readAll' | 'head'>
}

export interface BalanceOptions {
  /** Default `''`. */
  readonly tenant?: string
  /**
   * True: nothing was on its way when the log ended, so a run that neither has ended nor waits for an answer from
   * outside or for a time stands still. Default false.
   */
  readonly settled?: boolean
  /** How many events of a type were told to those outside who sent their commands: so many must be in the log. */
  readonly acknowledged?: ReadonlyMap<string, number>
  /** Commands from outside whose answer was lost: they may have had events, or not. Default 0. */
  readonly unanswered?: number
  /** Told after each page of the log. */
  readonly onProgress?: (position: number, head: number) => void
}

export interface Balance {
  readonly good: boolean
  readonly checks: readonly BalanceCheck[]
}

/**
 * Draws the balance of a flow from what is durable, the log and the rows of its projections, and from the flow alone:
 * streams without gaps, no id twice, each event allowed in its state, each command of a saga answered as the flow
 * decides, each start with its run, what completed done once, what compensated undone, quantities that agree with the
 * orders, rows as the log folds to, nothing parked. Memory grows with the instances, not with the events.
 */
export async function checkBalance(
  app: BalancedApp,
  flow: Flow,
  options: BalanceOptions = {},
): Promise<Balance> {
  const { tenant = '', settled = false, acknowledged = new Map(), unanswered = 0, onProgress } = options
  const compiled = compileFlow(flow, await loadDeciders(flow))
  const names = new Map(
    [...flow.sagas].map(([name, saga]) => [name, nodeNames(flow, saga, compiled.catalog)]),
  )
  const to = await app.store.head()
  const log = logCheck()
  const quantities = quantityCheck(flow)
  const sagas = sagaCheck(flow, names, quantities.completed)
  const decisions = decisionCheck(flow, definitionsOf(compiled), sagas.sent)
  const projections = projectionCheck(flow)
  const happened = new Map<string, number>()
  await walkLog(app.store, {
    tenant,
    to,
    see(event) {
      log.see(event)
      decisions.see(event)
      quantities.see(event)
      sagas.see(event)
      projections.see(event)
      if (acknowledged.has(event.type) && event.metadata.saga === undefined) {
        happened.set(event.type, (happened.get(event.type) ?? 0) + 1)
      }
    },
    ...(onProgress ? { onPage: (position: number) => onProgress(position, to) } : {}),
  })
  const checks = [
    ...(await log.checks(app.store, tenant, to)),
    ...[...acknowledged].map(([type, number]) =>
      acknowledgedCheck(type, number, happened.get(type) ?? 0, unanswered),
    ),
    ...decisions.checks(),
    ...sagas.checks(settled),
    ...quantities.checks(sagas.open()),
    ...(await projections.checks(app, tenant, to)),
    await parkedCheck(app, tenant),
  ]
  return { good: checks.every(({ good }) => good), checks }
}

function acknowledgedCheck(type: string, told: number, logged: number, unanswered: number): BalanceCheck {
  const wrong = newWrongs()
  if (logged < told) wrong.add(`${count(told - logged)} that were acknowledged are not in the log`)
  const most = told + unanswered
  if (logged > most) wrong.add(`${count(logged - most)} in the log were acknowledged to nobody`)
  const says = `${count(told)} acknowledged, ${count(logged)} in the log`
  return checked({ check: 'event', of: type, says, figures: { acknowledged: told, logged } }, wrong)
}

async function parkedCheck(app: BalancedApp, tenant: string): Promise<BalanceCheck> {
  const wrong = newWrongs()
  const parked = await app.deadLetters({ tenant })
  for (const { consumer, key, reason } of parked)
    wrong.add(`${consumer} parked ${key ?? 'a message'}: ${reason.message}`)
  const says = parked.length === 0 ? 'nothing is parked' : `${count(parked.length)} messages are parked`
  return checked({ check: 'parked', of: '', says, figures: { parked: parked.length } }, wrong)
}
