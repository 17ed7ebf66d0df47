import type { Broker } from '../broker/index.ts'
import type { Clock, Ids, Logger, Telemetry } from '../event/index.ts'
import type { EventStore } from '../store/index.ts'
import type { Look } from './look.ts'

/** Milliseconds that a component's `stop` waits for what is in flight. */
export const DRAIN = 5000

/** What every part that runs is given. */
export interface Runtime {
  readonly store: EventStore
  readonly broker: Broker
  readonly clock: Clock
  readonly ids: Ids
  readonly logger: Logger
  /** Default silent. */
  readonly telemetry?: Telemetry
  /** In [0, 1): jitter. */
  readonly random: () => number
  /** This process, as the holder of leases. */
  readonly instance: string
}

export interface ComponentHealth {
  readonly name: string
  /**
   * `open`: the breaker stopped it; `faulted`: it stopped at an event it cannot take; `waiting`: another process holds
   * its lease; `unknown`: it could not be asked, as where the store or the broker is away.
   */
  readonly state: 'running' | 'waiting' | 'open' | 'faulted' | 'stopped' | 'unknown'
  /** Events or messages it has still to do; absent where that could not be asked. */
  readonly lag?: number
  readonly error?: string
  readonly work?: ComponentWork
  readonly detail?: { readonly [name: string]: unknown }
}

/** What this process has in hand of a component, and what it has done since it was opened. */
export interface ComponentWork {
  /** Messages or events that were taken and are not done: those that wait for their next try, too. */
  readonly inFlight: number
  /** Messages or events that were handled; of a relay, messages that were published. */
  readonly handled: number
  /** Attempts that failed and are made again. */
  readonly retries: number
  /** Messages that were parked. */
  readonly parked: number
  /** Whether this process holds the lease (of a saga: of its timers); absent where there is none. */
  readonly leaseHeld?: boolean
}

/** A part that the runner keeps going: a relay, a consumer, a saga, a projection. */
export interface Component {
  readonly name: string
  start(): Promise<void>
  /**
   * Stops taking, drains what is in flight for at most so many milliseconds (default 5000), and gives leases
   * back. What then still runs is given up: it has no effect any more that another process does not know of.
   */
  stop(within?: number): Promise<void>
  /**
   * True when it has nothing to do now: at the head, and what is left waits for a time that is not due. `look` is one
   * of the round in which other parts are asked as well; default its own.
   */
  idle(look?: Look): Promise<boolean>
  /** The next time on the app's clock at which it has something to do: a retry, a timer. */
  nextDue(): Promise<number | undefined>
  health(): Promise<ComponentHealth>
}
