import { canonical } from './canonical.ts'
import { InvalidEnvelope } from './errors.ts'
import type { Json, Metadata } from './event.ts'

/** Attributes that mean something of their own; metadata under such a name travels inside `metadata`. */
const OWN = new Set(
  (
    'specversion id source type time subject datacontenttype dataschema data correlationid causationid ' +
    'partitionkey traceparent recordedtime streamversion globalposition logepoch idempotencykey tenantid metadata'
  ).split(' '),
)

/** Metadata that has an attribute of its own. */
const ATTRIBUTES = [
  ['correlationId', 'correlationid'],
  ['causationId', 'causationid'],
  ['commandId', 'idempotencykey'],
  ['traceparent', 'traceparent'],
] as const

/** Attributes by name; also what metadata becomes on the wire. */
export type Attributes = { [name: string]: Json | undefined }

/**
 * Metadata as attributes: what fits one goes under its own name, the rest into one attribute `metadata`
 * as JSON text, since CloudEvents has no nested and no camel-case attributes.
 */
export function metadataToAttributes(metadata: Metadata): Attributes {
  const attributes: Attributes = {}
  const rest: Attributes = {}
  for (const [name, value] of Object.entries(metadata)) {
    if (value === undefined) continue
    const own = ATTRIBUTES.find(([key]) => key === name)
    const attribute = own === undefined ? name : own[1]
    const fits = own === undefined ? isExtension(name) && isScalar(value) : isPlainText(value)
    if (fits) attributes[attribute] = value
    else Object.defineProperty(rest, name, { value, enumerable: true })
  }
  if (Object.keys(rest).length > 0) attributes.metadata = canonical(rest)
  return attributes
}

/** Metadata out of an envelope's attributes: unknown extensions pass as they are. @throws InvalidEnvelope */
export function metadataOfAttributes(attributes: Attributes): Metadata {
  const found: Attributes = {}
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && isExtension(name)) found[name] = value
  }
  for (const [key, attribute] of ATTRIBUTES) {
    const value = attributes[attribute]
    if (value === undefined || value === null) continue
    if (typeof value !== 'string') throw new InvalidEnvelope('is not a string', attribute)
    found[key] = value
  }
  return { ...found, ...restOf(attributes.metadata) }
}

function restOf(text: Json | undefined): Metadata {
  if (text === undefined || text === null) return {}
  try {
    const rest: unknown = typeof text === 'string' ? JSON.parse(text) : undefined
    if (typeof rest === 'object' && rest !== null && !Array.isArray(rest)) return { ...rest }
  } catch {
    // Said below, as for any other text.
  }
  throw new InvalidEnvelope('is not the JSON text of an object', 'metadata')
}

function isExtension(name: string): boolean {
  return /^[a-z0-9]{1,20}$/.test(name) && !OWN.has(name)
}

function isScalar(value: Json): boolean {
  if (typeof value === 'boolean') return true
  // CloudEvents integers are int32.
  if (typeof value === 'number') return Number.isInteger(value) && (value | 0) === value
  return isPlainText(value)
}

/** A CloudEvents string has no control characters. */
function isPlainText(value: Json): boolean {
  return typeof value === 'string' && !/\p{Cc}/u.test(value)
}
