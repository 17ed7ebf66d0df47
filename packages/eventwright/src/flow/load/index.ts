/**
 * A flow under load: seeded orders and the answers of those outside (`ordersFor`), the balance of what is durable
 * (`checkBalance`), and a run that drives the flow with the ones and ends with the other (`runLoad`).
 */

export type { Alternatives } from './alternatives.ts'
export {
  type Balance,
  type BalanceCheck,
  type BalancedApp,
  type BalanceOptions,
  checkBalance,
} from './balance/index.ts'
export type { Companion } from './companions.ts'
export { NothingToLoad } from './errors.ts'
export type { LoadFigures } from './figures.ts'
export type { StageFigures } from './latencies.ts'
export type { LoadOptions } from './load-options.ts'
export { type Answer, type AnsweredEvent, type OrderOptions, type Orders, ordersFor } from './orders.ts'
export type { Pace } from './pace.ts'
export type { LoadPlan } from './plan.ts'
export { type LoadResult, runLoad } from './run-load.ts'
export type { LoadPhase, LoadProgress } from './watch.ts'
