import type { Quiet } from './alone.ts'
import type { RetryOptions } from './backoff.ts'
import type { Breaker } from './breaker.ts'
import type { Runtime } from './component.ts'
import type { Epochs } from './epochs.ts'
import type { ConsumerOptions } from './message.ts'
import type { ProcessSpans } from './process-spans.ts'
import type { Tenants } from './tenants.ts'

/** What the partitions of one consumer share. */
export interface PartitionHost<Value> {
  readonly runtime: Runtime
  readonly options: ConsumerOptions<Value>
  readonly retry: Required<RetryOptions>
  readonly breaker: Breaker
  readonly quiet: Quiet
  readonly epochs: Epochs
  readonly tenants: Tenants
  readonly spans: ProcessSpans
  /** Since the consumer was made. */
  readonly counts: { handled: number; retries: number; parked: number }
  /** Stops the whole consumer. */
  fault(error: Error): void
  /** Something went wrong outside of the handler, or (`undefined`) goes well again; said in `health()`. */
  troubled(error: unknown): void
  /** The breaker may have opened or closed. */
  judged(): void
}
