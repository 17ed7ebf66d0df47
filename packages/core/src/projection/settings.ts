export interface ProjectionSettings {
  /** Milliseconds after which another process may take over from a dead one; default 10 000. */
  readonly leaseTime?: number
  /** Most events a unit of work; default 500. */
  readonly batch?: number
  /** Milliseconds that `stop` waits for a handler that hangs; default 5000. What it still does is fenced out. */
  readonly drain?: number
}

export const LEASE_TIME = 10_000
export const BATCH = 500
