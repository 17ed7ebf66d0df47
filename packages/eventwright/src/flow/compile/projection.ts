import type { Catalog, PendingEvent, ProjectionDefinition } from '@eventwright/core'
import {
  applyMapping,
  beginsRow,
  type Json,
  type JsonObject,
  type Mapping,
  type Projection,
  type ProjectionHandler,
  type Scope,
} from '../model/index.ts'
import { type OnFault, reporting } from './faults.ts'
import { asObject } from './plain.ts'

/** A projection of the flow as the runtime's own projection: one document a key, in the collection of its name. */
export function compileProjection(
  projection: Projection,
  catalog: Catalog,
  onFault: OnFault,
): ProjectionDefinition {
  const changeBy = rowChanges(projection)
  return {
    kind: 'projection',
    name: projection.name,
    version: 1,
    catalog,
    types: [...new Set(projection.handlers.map(({ event }) => event))],
    inline: false,
    handle(event, tx) {
      const found = changeBy(event)
      if (!found) return
      tx.documents<JsonObject>(projection.name).update(
        found.key,
        reporting(onFault, (_row) => tx.tenant, found.change),
      )
    },
  }
}

/** What one event does to a projection: the row's key, and the row after it by the row before it. */
export interface RowChange {
  readonly key: string
  readonly change: (row: JsonObject | undefined) => JsonObject | undefined
}

/** What each event does to a projection; `undefined` where it has no key. */
export function rowChanges(projection: Projection): (event: PendingEvent) => RowChange | undefined {
  const handlers = Map.groupBy(projection.handlers, ({ event }) => event)
  return (event) => {
    const key = keyOf(projection, event)
    if (key === undefined) return undefined
    const data = asObject(event.data)
    const change = (row: JsonObject | undefined): JsonObject | undefined =>
      (handlers.get(event.type) ?? []).reduce<JsonObject | undefined>(
        (current, handler) =>
          current === undefined && !beginsRow(projection, handler)
            ? undefined
            : changed(handler, data, current),
        row,
      )
    return { key, change }
  }
}

function keyOf(projection: Projection, event: PendingEvent): string | undefined {
  const field = projection.key.fields.get(event.type)
  const value = field === undefined ? undefined : asObject(event.data)[field]
  return value === undefined || value === null ? undefined : String(value)
}

function changed(
  handler: ProjectionHandler,
  event: JsonObject,
  current: JsonObject | undefined,
): JsonObject | undefined {
  const row = current ?? {}
  const scope: Scope = { event, row }
  if (handler.when && handler.when.evaluate(scope) !== true) return current
  if (handler.delete) return undefined
  return { ...row, ...applyMapping(handler.set, scope), ...sums(handler.add, row, scope) }
}

function sums(add: Mapping, row: JsonObject, scope: Scope): JsonObject {
  const amounts = Object.entries(applyMapping(add, scope))
  return Object.fromEntries(
    amounts.map(([field, amount]) => [field, numberIn(row[field]) + numberIn(amount)]),
  )
}

function numberIn(value: Json | undefined): number {
  return typeof value === 'number' ? value : 0
}
