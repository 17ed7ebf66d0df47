import type { Finding, Sources } from '../../findings/index.ts'
import { flowCatalog, loadFlow } from '../../flow/index.ts'
import type { EventSchema, SchemaSet } from './schema-set.ts'

/** What a flow file gives: schemas, or why it gives none. */
export type FlowSchemas = SchemaSet & { readonly findings: readonly Finding[]; readonly sources: Sources }

/** The schemas of a flow's events; an older version is checked as what the flow's upcasts make of it. */
export async function flowSchemas(file: string): Promise<FlowSchemas> {
  const { flow, findings, sources } = await loadFlow([file])
  if (flow === undefined) return { documents: [], events: [], findings, sources }
  const catalog = flowCatalog(flow)
  const all = [...flow.events.values()]
  const events = all.map(({ name, version, place, upcasts }): EventSchema => {
    const schema = {
      name,
      namespace: flow.namespace,
      version,
      uri: uriOf(name),
      place,
      covers: 'data',
      draft: '2020-12',
    } as const
    if (upcasts.length === 0) return schema
    return {
      ...schema,
      upcast: (data, from) => catalog.upcast({ ...NOWHERE, type: name, data, schemaVersion: from }).data,
    }
  })
  const documents = all.map(({ name, payload }) => ({ uri: uriOf(name), content: payload.schema }))
  return { documents, events, findings: [], sources }
}

/** What an upcast does not look at. */
const NOWHERE = { id: '', metadata: {}, tenant: '', stream: '', version: 1 } as const

function uriOf(event: string): string {
  return `eventwright:/flow/${encodeURIComponent(event)}`
}
