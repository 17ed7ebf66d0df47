export type { App } from './app.ts'
export type { AppClock } from './app-clock.ts'
export type { StopOptions } from './closing.ts'
export type { CommandTally } from './command-tally.ts'
export { crash, NotCrashable } from './crash.ts'
export {
  AppStopped,
  CannotOpenApp,
  ClockNotVirtual,
  InvalidTopology,
  NotIdle,
  UnknownTarget,
} from './errors.ts'
export { eventwright } from './eventwright.ts'
export type { AppHealth, HealthOptions } from './health.ts'
export type { HealthHandlerOptions } from './health-answer.ts'
export { type HealthFetch, type HealthHandler, healthFetch, healthHandler } from './health-handler.ts'
export type { IdleOptions } from './idle.ts'
export type { AppOptions } from './options.ts'
export { type Runnable, type Service, type ServiceOptions, type ServiceTopic, service } from './service.ts'
