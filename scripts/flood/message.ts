import { type Message, toCloudEvent } from '@eventwright/core'
import type { Input } from './inputs.ts'

export const TYPE = 'Counted'
export const NAMESPACE = 'com.example.flood'

/** An input as a service publishes it: with its place in its stream, or with an id alone. */
export function messageOf({ number, key, version, amount }: Input, run: string): Message {
  const id = `${run}-${number}`
  const event = {
    id,
    type: TYPE,
    data: { key, amount },
    schemaVersion: 1,
    metadata: {},
    tenant: '',
    stream: `counter-${key}`,
    version: version ?? 1,
  }
  const options = { source: '/flood', namespace: NAMESPACE, key }
  const envelope = toCloudEvent(event, version === undefined ? options : { ...options, epoch: run })
  return {
    id,
    key,
    headers: { 'content-type': 'application/cloudevents+json' },
    value: JSON.stringify(envelope),
  }
}
