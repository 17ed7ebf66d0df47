import type { Rows, Sent } from '../truth/index.ts'
import type { ServiceName } from './services.ts'

/** What can befall an engine. */
export interface Outage {
  readonly what: string
  /** Milliseconds between the end of one and the next. */
  readonly every: readonly [from: number, to: number]
  /** Milliseconds that it is away, besides the time of its start. */
  readonly lasts: readonly [from: number, to: number]
  /** Ways of going down, which take turns. */
  readonly ways: readonly { readonly how: string; readonly down: () => Promise<void> }[]
  readonly up: () => Promise<void>
}

interface Engine {
  readonly outages: readonly Outage[]
  readonly dump: () => Promise<readonly string[]>
  readonly close: () => Promise<void>
}

/** A store for each service. */
export interface Stores extends Engine {
  readonly urlOf: (service: ServiceName) => string
  readonly rows: ReadonlyMap<ServiceName, Rows>
  /** Positions that a reader of the log looks at again. */
  readonly again: number
}

/** What the services talk through. */
export interface Postman extends Engine {
  readonly url: string
  readonly sent: () => Promise<Sent>
}
