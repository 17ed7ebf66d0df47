/**
 * A flow under load: seeded orders and the answers of those outside (`ordersFor`), and a run that drives the flow with
 * them and measures (`runLoad`).
 */
export { NothingToLoad } from './errors.ts'
export type { LoadFigures } from './figures.ts'
export type { StageFigures } from './latencies.ts'
export { type Answer, type AnsweredEvent, type OrderOptions, type Orders, ordersFor } from './orders.ts'
export type { Pace } from './pace.ts'
export type { Alternatives, LoadPlan } from './plan.ts'
export { type LoadOptions, type LoadPhase, type LoadProgress, type LoadResult, runLoad } from './run-load.ts'
