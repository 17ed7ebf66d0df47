import { createHash } from 'node:crypto'
import { streamOf, toCloudEvent } from '@eventwright/core'
import type { Flow, FlowEvent } from '../../flow/index.ts'
import type { ScaffoldFile } from '../file.ts'
import type { ServiceParts } from './service.ts'

/** One event of each type that the service publishes, as it stands on the topic: what others may rely on. */
export function sampleEvents({ flow, service }: ServiceParts): readonly ScaffoldFile[] {
  return (service.topic?.events ?? []).flatMap((type) => {
    const event = flow.events.get(type)
    return event ? [{ path: `events/${type}.json`, owner: 'generated', text: sample(flow, event) }] : []
  })
}

const SENT_AT = Date.UTC(2026, 0, 1)

function sample(flow: Flow, { name, aggregate, version, payload, service }: FlowEvent): string {
  const idField = flow.aggregates.get(aggregate)?.id.name ?? ''
  const key = String(payload.example[idField])
  const event = {
    id: uuidOf(`${flow.namespace}.${name}`),
    type: name,
    data: payload.example,
    schemaVersion: version,
    tenant: '',
    stream: streamOf(aggregate, key),
    version: 1,
    recordedAt: SENT_AT,
    metadata: {},
  }
  const options = { source: `/services/${service}`, namespace: flow.namespace, key }
  return `${JSON.stringify(toCloudEvent(event, options), undefined, 2)}\n`
}

/** A UUIDv7 that is the same every time, so that a sample changes only where its event does. */
function uuidOf(text: string): string {
  const time = SENT_AT.toString(16).padStart(12, '0')
  const hash = createHash('sha256').update(text).digest('hex')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hash.slice(0, 3)}-8${hash.slice(3, 6)}-${hash.slice(6, 18)}`
}
