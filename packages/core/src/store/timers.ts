import type { Json } from '../event/index.ts'

/** A reminder that commits with the unit that sets it. `(tenant, owner, id)` names it; setting it again moves it. */
export interface Timer {
  readonly owner: string
  readonly id: string
  /** Milliseconds since 1970, on the app's clock. */
  readonly due: number
  readonly data: Json
}

export interface StoredTimer extends Timer {
  readonly tenant: string
}

export interface TimerQuery {
  readonly owner?: string
  /** Only those due at this time or earlier; default all, so that `limit: 1` gives the next one. */
  readonly until?: number
  readonly limit?: number
}
