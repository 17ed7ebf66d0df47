import type { Expression, Mapping } from './mapping.ts'
import type { Field, JsonObject } from './payload.ts'
import type { Place } from './place.ts'

/** A read model: one row for each key, made from the store's log. */
export type Projection = {
  readonly name: string
  readonly place: Place
  /** The field that holds the row's key in each event. */
  readonly key: { readonly name: string; readonly place: Place; readonly fields: ReadonlyMap<string, string> }
  readonly fields: readonly Field[]
  /** JSON Schema of a row. */
  readonly schema: JsonObject
  readonly handlers: readonly ProjectionHandler[]
}

/**
 * What one event does to the row of its key: nothing where `when` is false; else it deletes the row, or merges
 * `set` over it and adds `add` to numbers (a missing number counts as 0). `set` holds the copied fields too.
 */
export type ProjectionHandler = {
  readonly event: string
  readonly place: Place
  readonly when?: Expression
  readonly set: Mapping
  readonly add: Mapping
  readonly delete: boolean
}

/** Whether a handler may make a row: only one that fills every required field, so that there is never half a row. */
export function beginsRow({ fields }: Projection, handler: ProjectionHandler): boolean {
  const filled = new Set([...handler.set, ...handler.add].map(({ field }) => field))
  return !handler.delete && fields.every(({ name, optional }) => optional || filled.has(name))
}
