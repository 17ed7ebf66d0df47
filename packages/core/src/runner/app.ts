import type { Command, ExecuteOptions, ResultOf } from '../aggregate/index.ts'
import type { Broker } from '../broker/index.ts'
import type { DeadLetter, DeadLetterQuery } from '../delivery/index.ts'
import type { CaughtUpOptions, ProjectionDefinition, ReadModelOptions } from '../projection/index.ts'
import type { DocumentReader, EventStore } from '../store/index.ts'
import type { AppClock } from './app-clock.ts'
import type { StopOptions } from './closing.ts'
import type { AppHealth, HealthOptions } from './health.ts'
import type { IdleOptions } from './idle.ts'

/** Aggregates, sagas, projections and consumers on a store and a broker, kept going until `stop`. */
export interface App extends AsyncDisposable {
  readonly store: EventStore
  readonly broker: Broker
  readonly clock: AppClock
  /**
   * Decides a command of an aggregate of this app, here and now. A refusal is a result, not an exception; a
   * repeated `commandId` gives the recorded outcome.
   * @throws UnknownTarget CommandIdReused ConcurrencyError InvalidPayload AppStopped
   */
  execute<Given extends Command>(command: Given, options?: ExecuteOptions): Promise<ResultOf<Given>>
  /**
   * Resolves when the live version of a projection has taken in everything up to `position`; default all that
   * is in the log now. @throws NotCaughtUp after `timeout` milliseconds; ProjectionFaulted EpochChanged
   */
  caughtUp(
    projection: string | ProjectionDefinition,
    position?: number,
    options?: CaughtUpOptions,
  ): Promise<void>
  /** The documents of a collection, as the live version of its projection has them. Reading @throws ProjectionNotBuilt */
  documents<Value = unknown>(collection: string, options?: ReadModelOptions): DocumentReader<Value>
  /**
   * Resolves when nothing of this app has anything to do now: relays are at the head, and what is not
   * acknowledged waits for a time that is not due. @throws NotIdle AppStopped
   */
  idle(options?: IdleOptions): Promise<void>
  /** The next time on the app's clock at which something is due: a timer, a retry. */
  nextDue(): Promise<number | undefined>
  health(options?: HealthOptions): Promise<AppHealth>
  /** Has a consumer's parked messages (of one key, or all) handled again, in order. Gives the number of keys. @throws NotParked */
  redrive(consumer: string, key?: string, options?: { readonly tenant?: string }): Promise<number>
  /** What is parked; default of all consumers. */
  deadLetters(query?: string | DeadLetterQuery): Promise<readonly DeadLetter[]>
  /**
   * Stops taking, drains what is in flight, gives leases back, closes store and broker. It resolves at the latest one
   * second after `within` (default the app's `drain`): what still runs then is given up, named in the log, and done by
   * another process; its own late writes are refused. Idempotent.
   */
  stop(options?: StopOptions): Promise<void>
}
