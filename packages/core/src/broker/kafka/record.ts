import { isUtf8 } from 'node:buffer'
import type { KafkaRecord } from '@platformatic/kafka'
import { CLOUD_EVENT_TYPE } from '../../event/index.ts'
import type { Message } from '../broker.ts'
import { CONTENT_TYPE, fromBinary, isBinary, toBinary } from './cloud-event-binary.ts'

/** The header of a message's id. What other producers write has none; an empty one counts as none. */
export const ID_HEADER = 'eventwright-id'

/** A message as Kafka keeps it. */
export interface RecordParts {
  readonly key: string | null
  readonly value: string
  readonly headers: readonly (readonly [name: string, text: string])[]
}

export function recordOf(message: Message, format: 'structured' | 'binary'): RecordParts {
  const binary = format === 'binary' ? toBinary(message) : undefined
  const { headers, value } = binary ?? message
  return { key: message.key, value, headers: [[ID_HEADER, message.id], ...Object.entries(headers)] }
}

/** At least what a record takes of a batch. */
export function recordBytes({ key, value, headers }: RecordParts): number {
  let bytes = RECORD_BYTES + Buffer.byteLength(key ?? '') + Buffer.byteLength(value)
  for (const [name, text] of headers)
    bytes += HEADER_BYTES + Buffer.byteLength(name) + Buffer.byteLength(text)
  return bytes
}

/** The most that lengths and numbers take beside the texts. */
const RECORD_BYTES = 32
const HEADER_BYTES = 10

/** A record as a message: `place` is what names one that has no id. */
export function messageOf(record: Pick<KafkaRecord, 'key' | 'value' | 'headers'>, place: string): Message {
  const headers: { [name: string]: string } = {}
  for (const [name, value] of record.headers) headers[textOf(name)] = textOf(value)
  const { [ID_HEADER]: id, ...rest } = headers
  const key = record.key === null ? null : keyOf(record.key)
  const value = textOf(record.value)
  const read = isBinary(rest)
    ? fromBinary(rest, record.value === null ? undefined : value)
    : { headers: rest, value }
  // Under an empty id, all that have one would pass for the first of them.
  return { id: id || (foreignId(read) ?? place), key, ...read }
}

/** Keys that are no text stay apart from each other. */
function keyOf(key: Buffer): string {
  return isUtf8(key) ? key.toString() : `0x${key.toString('hex')}`
}

function textOf(bytes: Buffer | null): string {
  return bytes === null ? '' : bytes.toString()
}

/** The id of an event that another producer wrote counts within its source. */
function foreignId({ headers, value }: Pick<Message, 'headers' | 'value'>): string | undefined {
  if (!headers[CONTENT_TYPE]?.startsWith(CLOUD_EVENT_TYPE)) return undefined
  try {
    const envelope: unknown = JSON.parse(value)
    if (typeof envelope !== 'object' || envelope === null) return undefined
    const { id, source } = { id: undefined, source: undefined, ...envelope }
    return typeof id === 'string' && id !== '' && typeof source === 'string' ? `${source}#${id}` : undefined
  } catch {
    return undefined
  }
}
