import { crc32c } from '@platformatic/kafka'
import type { RecordParts } from '../record.ts'
import type { Identity } from './partition-queue.ts'

export interface BatchOptions extends Identity {
  /** Of the first record. */
  readonly sequence: number
  readonly timestamp: number
  readonly compression?: Compression
}

export interface Compression {
  readonly bitmask: number
  compressSync(bytes: Buffer): Buffer
}

/*
 * Kafka's record batch, version 2. Written here in one buffer: the client makes several for each record and header,
 * which costs half of what a send takes.
 */
const MAGIC = 2
const NO_LEADER_EPOCH = -1
/** What stands before the records, and where in it. */
const HEAD = 61
const AT = { length: 8, leaderEpoch: 12, magic: 16, crc: 17, attributes: 21, lastOffset: 23, firstTime: 27 }
const AT_REST = { lastTime: 35, producerId: 43, producerEpoch: 51, sequence: 53, count: 57 }

/** These records as Kafka keeps them. `room`: at least what they take. */
export function batchBytes(records: readonly RecordParts[], room: number, options: BatchOptions): Buffer {
  const { compression } = options
  if (!compression) {
    const whole = Buffer.allocUnsafe(HEAD + room)
    const end = writeRecords(whole, HEAD, records)
    return withHead(whole.subarray(0, end), records.length, options)
  }
  const plain = Buffer.allocUnsafe(room)
  const packed = compression.compressSync(plain.subarray(0, writeRecords(plain, 0, records)))
  return withHead(Buffer.concat([Buffer.allocUnsafe(HEAD), packed]), records.length, options)
}

function withHead(batch: Buffer, count: number, options: BatchOptions): Buffer {
  const { producerId, producerEpoch, sequence, timestamp, compression } = options
  batch.writeBigInt64BE(0n, 0)
  batch.writeInt32BE(batch.length - AT.leaderEpoch, AT.length)
  batch.writeInt32BE(NO_LEADER_EPOCH, AT.leaderEpoch)
  batch.writeInt8(MAGIC, AT.magic)
  batch.writeInt16BE(compression?.bitmask ?? 0, AT.attributes)
  batch.writeInt32BE(count - 1, AT.lastOffset)
  batch.writeBigInt64BE(BigInt(timestamp), AT.firstTime)
  batch.writeBigInt64BE(BigInt(timestamp), AT_REST.lastTime)
  batch.writeBigInt64BE(producerId, AT_REST.producerId)
  batch.writeInt16BE(producerEpoch, AT_REST.producerEpoch)
  batch.writeInt32BE(sequence, AT_REST.sequence)
  batch.writeInt32BE(count, AT_REST.count)
  batch.writeUInt32BE(crc32c(batch.subarray(AT.attributes)) >>> 0, AT.crc)
  return batch
}

function writeRecords(into: Buffer, from: number, records: readonly RecordParts[]): number {
  let at = from
  for (const [offset, record] of records.entries()) at = writeRecord(into, at, record, offset)
  return at
}

function writeRecord(
  into: Buffer,
  from: number,
  { key, value, headers }: RecordParts,
  offset: number,
): number {
  // Its length stands first, and is known last: it is written behind the longest that a length may be.
  const body = from + LONGEST
  into[body] = 0 // attributes
  into[body + 1] = 0 // time since that of the batch
  let at = writeVarInt(into, body + 2, offset)
  at = key === null ? writeVarInt(into, at, -1) : writeText(into, at, key)
  at = writeText(into, at, value)
  at = writeVarInt(into, at, headers.length)
  for (const [name, text] of headers) at = writeText(into, writeText(into, at, name), text)
  const length = at - body
  const begin = writeVarInt(into, from, length)
  into.copyWithin(begin, body, at)
  return begin + length
}

const LONGEST = 5

function writeText(into: Buffer, at: number, text: string): number {
  // Most texts have as many bytes as units, so that they need not be counted first.
  const from = writeVarInt(into, at, text.length)
  const length = into.write(text, from)
  if (length === text.length) return from + length
  const behind = writeVarInt(into, at, length)
  return behind + into.write(text, behind)
}

/** Signed numbers in turns, so that small ones stay short: 0, -1, 1, -2, … */
function writeVarInt(into: Buffer, from: number, value: number): number {
  let left = ((value << 1) ^ (value >> 31)) >>> 0
  let at = from
  while (left > 0x7f) {
    into[at] = (left & 0x7f) | 0x80
    at += 1
    left >>>= 7
  }
  into[at] = left
  return at + 1
}
