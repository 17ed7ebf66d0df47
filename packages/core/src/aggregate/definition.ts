import type { Catalog } from '../catalog/index.ts'
import type { Json, NewEvent, PendingEvent } from '../event/index.ts'
import type { Command, Refusal } from './command.ts'

/** What `decide` gives: one event, several, none, or a refusal. */
export type Decision = NewEvent | readonly NewEvent[] | Refusal | undefined

/**
 * An aggregate as the machinery sees it, whatever it was written as: the decide/evolve chain, a class,
 * or a flow file. Pure functions on plain data.
 */
export interface AggregateDefinition {
  readonly kind: 'aggregate'
  /** Names the streams: `order` gives `order-o-1`. Has no `-`. */
  readonly name: string
  readonly catalog: Catalog
  readonly initial: () => unknown
  /** Command types it takes. */
  readonly commands: readonly string[]
  /** `now`: milliseconds since 1970 on the app's clock. */
  decide(state: unknown, command: Command, now: number): Decision
  evolve(state: unknown, event: PendingEvent): unknown
  /** True: another service decides its commands; here it only makes them. Runs in a service that is `elsewhere`. */
  readonly contract?: boolean
  /** JSON Schema or a check for each command's data: throws `InvalidPayload`. */
  readonly check?: (command: Command) => void
  /**
   * How a state may be kept from one command to the next. Default as a copy, where it is plain data. `immutable`: as
   * it is, since neither `decide` nor `evolve` changes what it is given. `changed`: not at all, since `evolve` changes it.
   */
  readonly states?: 'immutable' | 'changed'
  /** Opt-in: a snapshot after so many events, thrown away when `version` of evolve changes. `save`/`load` where the state is not plain data. */
  readonly snapshot?: {
    readonly every: number
    readonly version: number
    readonly save?: (state: unknown) => Json
    readonly load?: (saved: Json) => unknown
  }
}

/** The stream of an aggregate: `streamOf('order', 'o-1')` is `order-o-1`. */
export function streamOf(aggregate: string, id: string): string {
  return `${aggregate}-${id}`
}

/** The two parts of an aggregate's stream name, split at the first `-`. */
export function partsOfStream(stream: string): { readonly aggregate: string; readonly id: string } {
  const dash = stream.indexOf('-')
  return dash < 0
    ? { aggregate: stream, id: '' }
    : { aggregate: stream.slice(0, dash), id: stream.slice(dash + 1) }
}
