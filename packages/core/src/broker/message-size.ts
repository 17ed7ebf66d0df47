import type { Message } from './broker.ts'
import { MessageTooLarge } from './errors.ts'

/** Kafka's default: id, key, headers and value together, in UTF-8. */
export const MAX_MESSAGE_BYTES = 1_000_000

/** What a message weighs against {@link MAX_MESSAGE_BYTES}. */
export function messageBytes(message: Message): number {
  let bytes = Buffer.byteLength(message.id) + Buffer.byteLength(message.value)
  if (message.key !== null) bytes += Buffer.byteLength(message.key)
  return bytes + headerBytes(message.headers)
}

const weighed = new WeakMap<Message['headers'], number>()

/** What cannot change, as messages of one kind share it, is weighed once. */
function headerBytes(headers: Message['headers']): number {
  const known = weighed.get(headers)
  if (known !== undefined) return known
  let bytes = 0
  for (const name in headers) bytes += Buffer.byteLength(name) + Buffer.byteLength(headers[name] ?? '')
  if (Object.isFrozen(headers)) weighed.set(headers, bytes)
  return bytes
}

/** @throws MessageTooLarge */
export function refuseTooLarge(topic: string, messages: readonly Message[]): void {
  for (const message of messages) {
    if (atMost(message) <= MAX_MESSAGE_BYTES) continue
    const bytes = messageBytes(message)
    if (bytes > MAX_MESSAGE_BYTES) throw new MessageTooLarge(topic, message.id, bytes, MAX_MESSAGE_BYTES)
  }
}

/** What needs no counting: a unit of a string's length is three bytes at most. */
function atMost({ id, key, headers, value }: Message): number {
  let units = id.length + value.length + (key?.length ?? 0)
  for (const name in headers) units += name.length + (headers[name]?.length ?? 0)
  return units * 3
}
