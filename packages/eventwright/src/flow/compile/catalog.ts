import { type Catalog, createCatalog, type Upcaster } from '@eventwright/core'
import { applyMapping, type Flow, type FlowEvent } from '../model/index.ts'
import { asObject } from './plain.ts'

/** One catalog of all events of a flow, with the schemas and upcasters that the file declares. */
export function flowCatalog(flow: Flow): Catalog {
  const events = [...flow.events.values()]
  return createCatalog({
    namespace: flow.namespace,
    schemas: Object.fromEntries(events.map(({ name, payload }) => [name, payload.schema])),
    upcasters: Object.fromEntries(
      events.filter(({ upcasts }) => upcasts.length > 0).map((event) => [event.name, upcastersOf(event)]),
    ),
  })
}

function upcastersOf(event: FlowEvent): { readonly [from: number]: Upcaster } {
  const known = new Set(event.payload.fields.map(({ name }) => name))
  return Object.fromEntries(
    event.upcasts.map(({ from, set }) => {
      const isLast = from + 1 === event.version
      const upcaster: Upcaster = (payload) => {
        const old = asObject(payload)
        const next = { ...old, ...applyMapping(set, { old }) }
        return isLast ? Object.fromEntries(Object.entries(next).filter(([name]) => known.has(name))) : next
      }
      return [from, upcaster]
    }),
  )
}
