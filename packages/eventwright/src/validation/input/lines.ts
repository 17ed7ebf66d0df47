import { isUtf8 } from 'node:buffer'
import { NEWLINE, RETURN, SPACE } from './json-bytes.ts'
import { LONGEST_TEXT, type Reader, type Sink, tooLong } from './sink.ts'

/** Reads NDJSON: one value a line; empty lines are passed over. */
export function createLineReader(sink: Sink): Reader {
  let line = 1
  let rest: Buffer = Buffer.alloc(0)
  // Set while the rest of a line that is too long goes by.
  let skipping = false

  /** Whole lines. To decode and to cut many at once takes a fraction of what it takes one by one. */
  const take = (bytes: Buffer): boolean => {
    if (!isUtf8(bytes)) return takeBytes(bytes)
    const text = bytes.toString()
    let start = 0
    while (start < text.length) {
      const found = text.indexOf('\n', start)
      const end = found < 0 ? text.length : found
      if (!textLine(text, start, end, line, sink)) return false
      if (found < 0) return true
      line++
      start = end + 1
    }
    return true
  }

  /** Lines of which at least one is no UTF-8. */
  const takeBytes = (bytes: Buffer): boolean => {
    let start = 0
    while (start < bytes.length) {
      const found = bytes.indexOf(NEWLINE, start)
      const own = bytes.subarray(start, found < 0 ? bytes.length : found)
      const text = own.toString()
      const goOn = isUtf8(own)
        ? textLine(text, 0, text.length, line, sink)
        : sink.fault(notUtf8(own, line, 1))
      if (!goOn) return false
      if (found < 0) return true
      line++
      start = found + 1
    }
    return true
  }

  return {
    push(chunk) {
      let from = 0
      if (skipping) {
        const end = chunk.indexOf(NEWLINE)
        if (end < 0) return true
        skipping = false
        line++
        from = end + 1
      }
      const last = chunk.lastIndexOf(NEWLINE)
      if (last < from) {
        rest = Buffer.concat([rest, chunk.subarray(from)])
        if (rest.length <= LONGEST_TEXT) return true
        rest = Buffer.alloc(0)
        skipping = true
        return sink.fault(tooLong(line, 1))
      }
      const whole = chunk.subarray(from, last + 1)
      const block = rest.length === 0 ? whole : Buffer.concat([rest, whole])
      rest = Buffer.from(chunk.subarray(last + 1))
      return take(block)
    },
    end() {
      const last = rest
      rest = Buffer.alloc(0)
      return last.length === 0 || take(last)
    },
    line: () => line,
  }
}

function textLine(text: string, start: number, end: number, line: number, sink: Sink): boolean {
  const last = text.charCodeAt(end - 1) === RETURN ? end - 1 : end
  if (last <= start) return true
  if (last - start > LONGEST_TEXT) return sink.fault(tooLong(line, 1))
  const own = text.slice(start, last)
  const first = own.charCodeAt(0)
  if (first <= SPACE && own.trim() === '') return true
  return sink.event({ text: own, line, column: 1 })
}

/** Bytes that are no UTF-8, told at the first one that is wrong. */
export function notUtf8(bytes: Buffer, line: number, column: number): Parameters<Sink['fault']>[0] {
  const text = bytes.toString()
  const at = Math.max(0, firstWrong(bytes, text))
  return {
    code: 'not-text',
    line,
    column: column + at,
    text,
    message: 'The bytes here are not UTF-8.',
    mend: 'Write the file as UTF-8.',
  }
}

/** The replacement character stands for a wrong byte, unless the text itself has it. */
function firstWrong(bytes: Buffer, text: string): number {
  let at = text.indexOf('\uFFFD')
  while (at >= 0) {
    const offset = Buffer.byteLength(text.slice(0, at))
    if (bytes.compare(Buffer.from('\uFFFD'), 0, 3, offset, offset + 3) !== 0) return at
    at = text.indexOf('\uFFFD', at + 1)
  }
  return at
}
