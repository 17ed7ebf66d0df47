import { RETRY_DEFAULTS } from './backoff.ts'
import type { Route } from './relay-item.ts'

export interface RelayOptions {
  readonly route: Route
  /** Runs after events were read and before `route` is asked about them: for what it must know first. */
  readonly prepare?: () => Promise<void>
  /** Most messages of one send, and most events that are read at once; default 1000. */
  readonly batch?: number
  /** Most bytes of one send; default 800 000. */
  readonly maxBytes?: number
  /** Most messages that wait to be tried again before the relay reads no further; default 10 000, and at most 64 MB of them. */
  readonly maxWaiting?: number
  /** Milliseconds before a failed key is tried again, doubled each time; default 200, at most 60 000. */
  readonly backoff?: number
  readonly maxBackoff?: number
  /** Milliseconds on the real clock after which another process takes over from a dead one; default 10 000. */
  readonly leaseTime?: number
}

/** What holds of the options, with the defaults in. */
export type RelaySettings = Required<Omit<RelayOptions, 'route' | 'prepare'>>

export function relaySettings(options: RelayOptions): RelaySettings {
  const { backoff, maxBackoff } = RETRY_DEFAULTS
  return {
    batch: options.batch ?? 1000,
    maxBytes: options.maxBytes ?? 800_000,
    maxWaiting: options.maxWaiting ?? 10_000,
    backoff: options.backoff ?? backoff,
    maxBackoff: options.maxBackoff ?? maxBackoff,
    leaseTime: options.leaseTime ?? 10_000,
  }
}
