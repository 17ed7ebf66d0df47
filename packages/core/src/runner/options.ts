import type { BrokerEngine } from '../broker/index.ts'
import type { BreakerOptions, RetryOptions } from '../delivery/index.ts'
import type { Clock, Ids, Logger, Telemetry } from '../event/index.ts'
import type { StoreEngine } from '../store/index.ts'
import type { Runnable, Service, ServiceTopic } from './service.ts'

/** What an app is made of. */
export interface AppOptions {
  /** The service that what stands directly in `run` belongs to; default `app`. */
  readonly name?: string
  readonly store: StoreEngine | (StoreEngine & BrokerEngine)
  /** Default the store's engine, where it is a broker too (`sqlite(FILE)` and `memory()` are). */
  readonly broker?: BrokerEngine
  /** Aggregates, sagas, projections, consumers, and services of their own. */
  readonly run: readonly (Runnable | Service)[]
  /** Of the app's own service. */
  readonly topic?: ServiceTopic
  /** False: only for executing commands and reading. Nothing else runs here; another process does that. Default true. */
  readonly start?: boolean
  /**
   * True: on SIGTERM stops taking, drains, gives leases back, closes, and ends the process with 0 (1 when that
   * failed); a second SIGTERM ends it at once with 143. Default false: the program calls `stop()` itself.
   */
  readonly signals?: boolean
  /**
   * Milliseconds that what is in flight may take to end when the app stops, by `stop()` or a SIGTERM; default 10 000.
   * Keep it, and a second more, below what your platform waits before it kills (Kubernetes: 30 s).
   */
  readonly drain?: number
  /** Default silent. Types, ids and positions are logged, never payloads. */
  readonly logger?: Logger
  /** Traces and metrics: `openTelemetry()` of `@eventwright/core/opentelemetry`. Default none, at no cost. */
  readonly telemetry?: Telemetry
  /** What time-outs, back-off and `recordedAt` follow; leases follow the database's. */
  readonly clock?: Clock
  /** For scenarios: `app.clock.advance()` moves time, for all processes on this store that say so. Default false. */
  readonly virtualClock?: boolean
  readonly ids?: Ids
  /** Jitter, in [0, 1); default `Math.random`. */
  readonly random?: () => number
  /** This process as the holder of leases; default a new id. An app that is opened again under the same one has its leases at once. */
  readonly instance?: string
  /** Milliseconds after which other processes take over from a dead one; default 10 000. */
  readonly leaseTime?: number
  /** Of all consumers and sagas; a consumer's own settings win. */
  readonly retry?: RetryOptions
  readonly breaker?: BreakerOptions
  /** For tests: lets `crash(app)` of `@eventwright/core/testing` end it as a killed process ends. */
  readonly crashable?: boolean
}
