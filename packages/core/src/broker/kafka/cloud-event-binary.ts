import { CLOUD_EVENT_TYPE } from '../../event/index.ts'
import type { Message } from '../broker.ts'

export const CONTENT_TYPE = 'content-type'

/** Of CloudEvents' Kafka binding. */
const PREFIX = 'ce_'
const SPECVERSION = 'ce_specversion'
/** Names the attributes that are no strings: as headers all are text. */
const TYPED = 'eventwright-typed'
const JSON_TYPE = 'application/json'

type Content = Pick<Message, 'headers' | 'value'>

/** An event with its attributes in headers and its data in the value; `undefined` for what is no CloudEvent. */
export function toBinary({ headers, value }: Content): Content | undefined {
  if (headers[CONTENT_TYPE] !== CLOUD_EVENT_TYPE) return undefined
  const envelope = objectOf(value)
  if (!envelope || !('data' in envelope)) return undefined
  const { data, datacontenttype = JSON_TYPE, ...attributes } = envelope
  const typed: string[] = []
  const found: { [name: string]: string } = { ...headers, [CONTENT_TYPE]: String(datacontenttype) }
  for (const [name, attribute] of Object.entries(attributes)) {
    if (typeof attribute === 'string') found[`${PREFIX}${name}`] = attribute
    else {
      found[`${PREFIX}${name}`] = JSON.stringify(attribute)
      typed.push(name)
    }
  }
  if (typed.length > 0) found[TYPED] = typed.join(' ')
  return { headers: found, value: JSON.stringify(data) }
}

export function isBinary(headers: Message['headers']): boolean {
  return SPECVERSION in headers
}

/** The same event as structured JSON. One whose data is not JSON keeps its value, which then is no envelope. */
export function fromBinary(headers: Message['headers'], value: string | undefined): Content {
  const { [TYPED]: typed = '', [CONTENT_TYPE]: datacontenttype = JSON_TYPE, ...others } = headers
  const attributes: { [name: string]: unknown } = {}
  const rest: { [name: string]: string } = { [CONTENT_TYPE]: CLOUD_EVENT_TYPE }
  const notText = new Set(typed.split(' '))
  for (const [header, text] of Object.entries(others)) {
    const name = header.slice(PREFIX.length)
    if (!header.startsWith(PREFIX)) rest[header] = text
    else attributes[name] = notText.has(name) ? (parsed(text)?.value ?? text) : text
  }
  const data = value === undefined ? undefined : parsed(value)
  if (value !== undefined && !data) return { headers: rest, value }
  const envelope = { ...attributes, datacontenttype, ...(data ? { data: data.value } : {}) }
  return { headers: rest, value: JSON.stringify(envelope) }
}

function objectOf(text: string): { readonly [name: string]: unknown } | undefined {
  const value = parsed(text)?.value
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}
