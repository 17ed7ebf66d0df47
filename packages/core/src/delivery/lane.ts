import { hash } from 'node:crypto'
import type { ReceivedMessage } from '../broker/index.ts'

/** So that two parts, a number and a tenant fit into one index. The name of a group is always shorter. */
const LONGEST_PART = 750

/**
 * One part of a document's id: whatever a name holds, `/` only stands between parts. Keys of other people's messages
 * may be of any length; `:` tells a hash from a name, since an encoded one has none.
 */
export function part(text: string): string {
  if (text.length <= LONGEST_PART && /^[\w.-]*$/.test(text)) return text
  const encoded = encodeURIComponent(text.toWellFormed())
  return encoded.length <= LONGEST_PART ? encoded : `:${hash('sha256', text)}`
}

const SEQUENCE_DIGITS = 16

/** A number as a part of an id, so that ids sort as numbers do. */
export function sequence(value: number): string {
  return String(value).padStart(SEQUENCE_DIGITS, '0')
}

/**
 * What must be handled in order: the messages of one key. A message without a key has a lane of its own;
 * `:` begins it because an encoded key has none.
 */
export function laneOf(key: string | null, source: string, offset: number): string {
  return key === null ? `:${part(source)}:${offset}` : part(key)
}

/** `topic/partition`: where offsets count. */
export function sourceOf(message: Pick<ReceivedMessage, 'topic' | 'partition'>): string {
  return `${part(message.topic)}/${message.partition}`
}

/** The id of what is parked of a consumer, as a whole. */
export function summaryId(consumer: string): string {
  return part(consumer)
}

/** The id of a parked key. */
export function rowId(consumer: string, lane: string): string {
  return `${part(consumer)}/${lane}`
}

/** What the ids of a parked key's messages begin with. */
export function lanePrefix(consumer: string, lane: string): string {
  return `${part(consumer)}/${lane}/`
}
