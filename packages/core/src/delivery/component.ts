import type { Broker } from '../broker/index.ts'
import type { Clock, Ids, Logger } from '../event/index.ts'
import type { EventStore } from '../store/index.ts'

/** What every part that runs is given. */
export interface Runtime {
  readonly store: EventStore
  readonly broker: Broker
  readonly clock: Clock
  readonly ids: Ids
  readonly logger: Logger
  /** In [0, 1): jitter. */
  readonly random: () => number
  /** This process, as the holder of leases. */
  readonly instance: string
}

export interface ComponentHealth {
  readonly name: string
  /** `open`: the breaker stopped it; `faulted`: it stopped at an event it cannot take; `waiting`: another process holds its lease. */
  readonly state: 'running' | 'waiting' | 'open' | 'faulted' | 'stopped'
  /** Events or messages it has still to do. */
  readonly lag: number
  readonly error?: string
  readonly detail?: { readonly [name: string]: unknown }
}

/** A part that the runner keeps going: a relay, a consumer, a saga, a projection. */
export interface Component {
  readonly name: string
  start(): Promise<void>
  /** Stops taking, drains what is in flight, gives leases back. */
  stop(): Promise<void>
  /** True when it has nothing to do now: at the head, and what is left waits for a time that is not due. */
  idle(): Promise<boolean>
  /** The next time on the app's clock at which it has something to do: a retry, a timer. */
  nextDue(): Promise<number | undefined>
  health(): Promise<ComponentHealth>
}
