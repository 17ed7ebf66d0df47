import type { Profile } from './schema.ts'

type Attributes = { readonly [name: string]: unknown }

const TIME =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/
const SOURCE = /^\/[A-Za-z0-9._~-]{1,100}(?:\/[A-Za-z0-9._~-]{1,100}){0,9}$/
const POSITION = /^[1-9]\d{0,14}$/
const EXTENSION = /^[a-z0-9]{1,20}$/

/** What the plain way looks at; anything else but an extension of text is left to the schema. */
const LOOKED_AT = new Set(
  (
    'specversion id source type time subject datacontenttype data correlationid causationid idempotencykey ' +
    'partitionkey traceparent tenantid recordedtime streamversion globalposition logepoch'
  ).split(' '),
)
const NOT_PLAIN = new Set(['dataschema', 'data_base64', 'metadata'])

/**
 * Says quickly that an envelope is certainly one of the profile; false means that the schema must be asked. Most
 * envelopes are plain, and this takes a fraction of what the compiled schema takes.
 */
export function plainEnvelopeOf(profile: Profile): (event: Attributes) => boolean {
  const isSource = remembering(SOURCE)
  const isTime = remembering(TIME)
  const required = (event: Attributes): boolean =>
    event.specversion === '1.0' && isShort(event.id) && isSource(event.source) && isShort(event.type)
  const published = (event: Attributes): boolean =>
    required(event) &&
    (event.time === undefined || isTime(event.time)) &&
    (event.recordedtime === undefined || isTime(event.recordedtime)) &&
    hasPlainTexts(event) &&
    hasPlainPlace(event) &&
    hasPlainNames(event)
  return profile === 'published' ? published : (event) => isAssigned(event) && published(event)
}

function hasPlainTexts(event: Attributes): boolean {
  return (
    (event.datacontenttype === undefined || event.datacontenttype === 'application/json') &&
    isTextOrAbsent(event.correlationid) &&
    isTextOrAbsent(event.causationid) &&
    isTextOrAbsent(event.idempotencykey) &&
    isTextOrAbsent(event.partitionkey) &&
    isTextOrAbsent(event.traceparent) &&
    (event.tenantid === undefined || isShort(event.tenantid))
  )
}

function hasPlainPlace({ subject, streamversion, globalposition, logepoch }: Attributes): boolean {
  return (
    (subject === undefined || isShort(subject)) &&
    (streamversion === undefined || isCount(streamversion)) &&
    (globalposition === undefined || (typeof globalposition === 'string' && POSITION.test(globalposition))) &&
    (logepoch === undefined || isShort(logepoch))
  )
}

function hasPlainNames(event: Attributes): boolean {
  for (const name in event) {
    if (LOOKED_AT.has(name)) continue
    if (NOT_PLAIN.has(name) || typeof event[name] !== 'string' || !EXTENSION.test(name)) return false
  }
  return true
}

/** What the stored profile has on top. */
function isAssigned(event: Attributes): boolean {
  const { subject, streamversion, globalposition, logepoch, data } = event
  const assigned = subject !== undefined && streamversion !== undefined && globalposition !== undefined
  const timed = event.recordedtime !== undefined || event.time !== undefined
  return assigned && logepoch !== undefined && data !== undefined && timed
}

/** Events of one file come from few sources, and an event's two times are mostly one. */
function remembering(pattern: RegExp): (value: unknown) => boolean {
  let last = ''
  return (value) => {
    if (value === last) return last !== ''
    if (typeof value !== 'string' || !pattern.test(value)) return false
    last = value
    return true
  }
}

function isShort(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= 1000
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'string'
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && (value | 0) === value && value > 0
}
