import { type Attributes, metadataOfAttributes, metadataToAttributes } from './envelope-metadata.ts'
import { InvalidEnvelope } from './errors.ts'
import type { Json, PendingEvent, RecordedEvent } from './event.ts'
import { parseWireType, wireTypeOf } from './wire-type.ts'

/** The content type of an envelope in structured JSON. */
export const CLOUD_EVENT_TYPE = 'application/cloudevents+json'

/** A CloudEvents 1.0 envelope in structured JSON. Extensions stand beside these. */
export interface CloudEvent {
  readonly specversion: '1.0'
  readonly id: string
  readonly source: string
  /** `com.example.shop.OrderPlaced.v2`: the major version only. */
  readonly type: string
  /** RFC 3339. */
  readonly time?: string
  /** The stream. */
  readonly subject?: string
  readonly datacontenttype?: string
  readonly dataschema?: string
  readonly data?: unknown
  readonly correlationid?: string
  readonly causationid?: string
  readonly partitionkey?: string
  readonly traceparent?: string
  readonly recordedtime?: string
  /** In the stream, from 1. */
  readonly streamversion?: number
  /** In the log: decimal digits, since integers of CloudEvents end at 2^31. */
  readonly globalposition?: string
  /** Of the log that `globalposition` counts in. */
  readonly logepoch?: string
  /** The id of the command that was decided. */
  readonly idempotencykey?: string
  readonly tenantid?: string
  readonly [extension: string]: unknown
}

export interface EnvelopeOptions {
  /** A URI reference that names the service: `/services/shop`. */
  readonly source: string
  /** The catalog's. */
  readonly namespace: string
  /** The log's; given, the envelope has the *stored* profile. */
  readonly epoch?: string
  /** The message's key. */
  readonly key?: string
  /** A URI of the payload's schema. */
  readonly dataschema?: string
}

/** An event as it came in an envelope; what the producer's log assigned is there in the *stored* profile. */
export type EnvelopeEvent = Omit<PendingEvent, 'version'> & Partial<RecordedEvent>

export interface Envelope {
  readonly source: string
  /** Empty for technical events. */
  readonly namespace: string
  readonly epoch?: string
  readonly key?: string
  readonly event: EnvelopeEvent
}

/** An envelope of the *stored* profile: it has all that a log assigns. */
export interface StoredEnvelope extends Envelope {
  readonly epoch: string
  readonly event: RecordedEvent
}

/**
 * An event as CloudEvents 1.0 structured JSON. Without a correlation id the event's own id is its
 * correlation: it begins the conversation.
 */
export function toCloudEvent(event: PendingEvent | RecordedEvent, options: EnvelopeOptions): CloudEvent {
  return dropUndefined(envelopeOf(event, options)) as CloudEvent
}

/** The same as text. JSON has no undefined, so that nothing has to be taken out. */
export function cloudEventText(event: PendingEvent | RecordedEvent, options: EnvelopeOptions): string {
  return JSON.stringify(envelopeOf(event, options))
}

function envelopeOf(event: PendingEvent | RecordedEvent, options: EnvelopeOptions): CloudEvent {
  const time = 'recordedAt' in event ? new Date(event.recordedAt).toISOString() : undefined
  return {
    specversion: '1.0',
    id: event.id,
    source: options.source,
    type: wireTypeOf({ namespace: options.namespace, type: event.type, schemaVersion: event.schemaVersion }),
    time,
    subject: event.stream,
    datacontenttype: 'application/json',
    dataschema: options.dataschema,
    correlationid: event.id,
    partitionkey: options.key,
    ...metadataToAttributes(event.metadata),
    recordedtime: time,
    streamversion: event.version,
    globalposition: 'position' in event ? String(event.position) : undefined,
    logepoch: options.epoch,
    tenantid: event.tenant === '' ? undefined : event.tenant,
    data: event.data,
  }
}

/**
 * Reads an envelope, as text or parsed. Open: unknown extensions become metadata, other unknown fields pass.
 * @throws InvalidEnvelope
 */
export function fromCloudEvent(json: unknown): Envelope {
  const attributes = attributesOf(json)
  if (attributes.specversion !== '1.0') throw new InvalidEnvelope('is not "1.0"', 'specversion')
  checkContent(attributes)
  const { namespace, type, schemaVersion } = parseWireType(text(attributes, 'type'))
  const event = {
    id: text(attributes, 'id'),
    type,
    data: attributes.data,
    schemaVersion,
    metadata: metadataOfAttributes(attributes),
    tenant: optionalText(attributes, 'tenantid') ?? '',
    stream: optionalText(attributes, 'subject') ?? '',
    version: count(attributes, 'streamversion'),
    position: count(attributes, 'globalposition'),
    recordedAt: time(attributes, 'recordedtime') ?? time(attributes, 'time'),
  }
  const source = text(attributes, 'source')
  const epoch = optionalText(attributes, 'logepoch')
  const key = optionalText(attributes, 'partitionkey')
  return dropUndefined({ source, namespace, epoch, key, event: dropUndefined(event) })
}

/** True when the envelope has all that a log assigns: stream, version, position, time and epoch. */
export function isStored(envelope: Envelope): envelope is StoredEnvelope {
  const { stream, version, position, recordedAt } = envelope.event
  const assigned = [envelope.epoch, version, position, recordedAt]
  return stream !== '' && !assigned.includes(undefined)
}

type Defined<Value> = { [Key in keyof Value]: Value[Key] }

function dropUndefined<Value extends object>(value: Value): Defined<Value> {
  const defined: Partial<Value> = {}
  for (const name of Object.keys(value) as (keyof Value)[]) {
    if (value[name] !== undefined) defined[name] = value[name]
  }
  return defined as Defined<Value>
}

function attributesOf(json: unknown): Attributes {
  const value = typeof json === 'string' ? parse(json) : json
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidEnvelope('is not a JSON object')
  }
  return value as Attributes
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new InvalidEnvelope('is not JSON', undefined, { cause })
  }
}

function checkContent(attributes: Attributes): void {
  if ('data_base64' in attributes) throw new InvalidEnvelope('is there, but payloads are JSON', 'data_base64')
  const content = optionalText(attributes, 'datacontenttype')
  if (content !== undefined && !/^[^;]+[/+]json\s*(;|$)/i.test(content)) {
    throw new InvalidEnvelope(`is ${content}, but payloads are JSON`, 'datacontenttype')
  }
}

function text(attributes: Attributes, name: string): string {
  const value = optionalText(attributes, name)
  if (value === undefined || value === '') throw new InvalidEnvelope('is missing', name)
  return value
}

function optionalText(attributes: Attributes, name: string): string | undefined {
  const value = attributes[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw new InvalidEnvelope('is not a string', name)
  return value
}

function count(attributes: Attributes, name: string): number | undefined {
  const value: Json | undefined = attributes[name]
  if (value === undefined || value === null) return undefined
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value
  if (typeof number === 'number' && Number.isSafeInteger(number) && number > 0) return number
  throw new InvalidEnvelope('is not a whole number from 1', name)
}

function time(attributes: Attributes, name: string): number | undefined {
  const value = optionalText(attributes, name)
  if (value === undefined) return undefined
  const rfc3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/
  const milliseconds = rfc3339.test(value) ? Date.parse(value) : Number.NaN
  if (Number.isNaN(milliseconds)) throw new InvalidEnvelope('is not an RFC 3339 time', name)
  return milliseconds
}
