import type { ReceivedMessage } from '../broker/index.ts'

/** One part of a document's id: whatever a name holds, `/` only stands between parts. */
export function part(text: string): string {
  return encodeURIComponent(text.toWellFormed())
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
