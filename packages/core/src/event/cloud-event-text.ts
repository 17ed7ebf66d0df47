import type { EnvelopeOptions } from './cloud-event.ts'
import { metadataToAttributes } from './envelope-metadata.ts'
import type { PendingEvent, RecordedEvent } from './event.ts'
import { wireTypeOf } from './wire-type.ts'

/**
 * What `toCloudEvent` gives, as JSON text. Written piece by piece: an object that is made only to be written takes twice
 * as long, and a relay writes one for each event.
 */
export function cloudEventText(event: PendingEvent | RecordedEvent, options: EnvelopeOptions): string {
  const { id, stream, version, tenant } = event
  const { correlation, extensions } = attributesIn(event)
  const time = 'recordedAt' in event ? `"${new Date(event.recordedAt).toISOString()}"` : undefined
  const type = wireTypeOf({
    namespace: options.namespace,
    type: event.type,
    schemaVersion: event.schemaVersion,
  })
  return (
    `{"specversion":"1.0","id":${quoted(id)},"source":${quoted(options.source)},"type":${quoted(type)}` +
    `${given('time', time)},"subject":${quoted(stream)},"datacontenttype":"application/json"` +
    `${text('dataschema', options.dataschema)},"correlationid":${correlation}` +
    `${text('partitionkey', options.key)}${extensions}${given('recordedtime', time)},"streamversion":${version}` +
    `${'position' in event ? `,"globalposition":"${event.position}"` : ''}${text('logepoch', options.epoch)}` +
    `${tenant === '' ? '' : text('tenantid', tenant)}${given('data', JSON.stringify(event.data))}}`
  )
}

interface AttributeTexts {
  readonly correlation: string
  readonly extensions: string
}

/** An event without a correlation id begins the conversation. */
function attributesIn({ id, metadata }: PendingEvent): AttributeTexts {
  let correlation = quoted(id)
  let extensions = ''
  for (const [name, value] of Object.entries(metadataToAttributes(metadata))) {
    if (value === undefined) continue
    const json = typeof value === 'string' ? quoted(value) : JSON.stringify(value)
    if (name === 'correlationid') correlation = json
    else extensions += `,"${name}":${json}`
  }
  return { correlation, extensions }
}

function given(name: string, json: string | undefined): string {
  return json === undefined ? '' : `,"${name}":${json}`
}

function text(name: string, value: string | undefined): string {
  return value === undefined ? '' : `,"${name}":${quoted(value)}`
}

/** Most names and ids hold nothing that JSON escapes. */
function quoted(value: string): string {
  return /^[\w .:/-]*$/.test(value) ? `"${value}"` : JSON.stringify(value)
}
