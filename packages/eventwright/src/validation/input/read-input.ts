import { createReadStream } from 'node:fs'
import process from 'node:process'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { InputUnreadable, reasonOf } from '../errors.ts'
import { STANDARD_INPUT } from './find-inputs.ts'
import { foreignFault } from './foreign.ts'
import { createLineReader } from './lines.ts'
import { HEAD, type Kind, recognise } from './recognise.ts'
import type { InputFault, Reader, Sink } from './sink.ts'
import { createValueReader } from './values.ts'
import { createYamlReader, type YamlSink } from './yaml-reader.ts'

const CHUNK = 1 << 20

/** What takes the events of one input. */
export type InputSink = Sink & YamlSink

/** Counts what was read, for those who wait. */
export type OnBytes = (bytes: number) => void

/**
 * Reads one input (a file or `-`), packed or not, to its end or until the sink has enough. Memory stays the same
 * however long it is, except for YAML, which is read whole. @throws InputUnreadable
 */
export async function readInput(name: string, sink: InputSink, onBytes: OnBytes): Promise<void> {
  const source = name === STANDARD_INPUT ? process.stdin : createReadStream(name, { highWaterMark: CHUNK })
  const cut = new Cutter(name, sink)
  try {
    for await (const chunk of unpacked(source, onBytes)) if (!cut.push(chunk)) return
    await cut.end()
  } catch (error) {
    if (isPackedBadly(error)) cut.fault(brokenPack(error))
    else
      throw error instanceof Error && 'syscall' in error
        ? new InputUnreadable(`${name} cannot be read: ${reasonOf(error)}.`, { cause: error })
        : error
  } finally {
    source.destroy()
  }
}

/** The bytes, unpacked where they begin as gzip does. */
async function* unpacked(source: Readable, onBytes: OnBytes): AsyncGenerator<Buffer> {
  const chunks: AsyncIterator<Buffer> = source[Symbol.asyncIterator]()
  let first = Buffer.alloc(0)
  for (;;) {
    const { done, value } = await chunks.next()
    if (done) break
    first = Buffer.concat([first, value])
    if (first.length >= 2) break
  }
  const all = counted(first, chunks, onBytes)
  if (first[0] !== 0x1f || first[1] !== 0x8b) {
    yield* all
    return
  }
  const gunzip = createGunzip({ chunkSize: CHUNK })
  const feeding = feed(all, gunzip)
  feeding.catch(() => undefined) // told by the iteration below
  yield* gunzip as AsyncIterable<Buffer>
  await feeding
}

async function feed(chunks: AsyncIterable<Buffer>, gunzip: ReturnType<typeof createGunzip>): Promise<void> {
  try {
    for await (const chunk of chunks) {
      if (gunzip.destroyed) return
      if (!gunzip.write(chunk))
        await new Promise<void>((resolve) => gunzip.once('drain', resolve).once('close', resolve))
    }
    gunzip.end()
  } catch (error) {
    gunzip.destroy(error instanceof Error ? error : new Error(String(error)))
  }
}

async function* counted(
  first: Buffer,
  chunks: AsyncIterator<Buffer>,
  onBytes: OnBytes,
): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first
  onBytes(first.length)
  for (;;) {
    const { done, value } = await chunks.next()
    if (done) return
    yield value
    onBytes(value.length)
  }
}

function isPackedBadly(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && /^Z_/.test(String(error.code))
}

function brokenPack(error: Error): Pick<InputFault, 'code' | 'message' | 'mend'> {
  const cutOff = /unexpected end/.test(error.message)
  const message = cutOff ? 'The gzip ends in the middle.' : `The gzip is broken here: ${error.message}.`
  return {
    code: 'gzip-broken',
    message,
    mend: 'Pack it again, or fetch it again: what stands behind this was not checked.',
  }
}

/** Waits until the kind of the input is known, then hands the bytes to what reads that kind. */
class Cutter {
  private readonly name: string
  private readonly sink: InputSink
  private head: Buffer = Buffer.alloc(0)
  private reader: Reader | undefined

  constructor(name: string, sink: InputSink) {
    this.name = name
    this.sink = sink
  }

  push(chunk: Buffer): boolean {
    if (this.reader !== undefined) return this.reader.push(chunk)
    this.head = this.head.length === 0 ? chunk : Buffer.concat([this.head, chunk])
    return this.head.length < HEAD || this.begin(false)
  }

  async end(): Promise<void> {
    if (this.reader === undefined && !this.begin(true)) return
    await this.reader?.end()
  }

  /** A fault of the packing: it stands where the unpacked text ends. */
  fault(fault: Pick<InputFault, 'code' | 'message' | 'mend'>): void {
    if (this.reader === undefined && this.head.length > 0) this.begin(true)
    this.sink.fault({ ...fault, line: this.reader?.line() ?? 1, column: 1 })
  }

  private begin(complete: boolean): boolean {
    const { head, name, sink } = this
    this.head = Buffer.alloc(0)
    const foreign = foreignFault(head)
    if (foreign !== undefined) return sink.fault(foreign) && false
    const kind = recognise(head, name, complete)
    const body = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? head.subarray(3) : head
    return this.readAs(kind, body, sink)
  }

  private readAs(kind: Kind, body: Buffer, sink: InputSink): boolean {
    if (kind === 'empty') {
      sink.fault({
        code: 'no-events',
        line: 1,
        column: 1,
        message: 'There is nothing in it.',
        mend: 'Leave it out, or write events into it.',
      })
      return false
    }
    this.reader = readerOf(kind, sink)
    return this.reader.push(body)
  }
}

function readerOf(kind: Kind, sink: InputSink): Reader {
  if (kind === 'yaml') return createYamlReader(sink)
  return kind === 'lines' ? createLineReader(sink) : createValueReader(sink)
}
