import { isUtf8 } from 'node:buffer'
import {
  BACKSLASH,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COMMA,
  isSpace,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
} from './json-bytes.ts'
import { notUtf8 } from './lines.ts'
import { LONGEST_TEXT, type Reader, type Sink, tooLong } from './sink.ts'

/** What may come next outside of a value. */
type Expecting = 'list or value' | 'first element' | 'element' | 'comma' | 'value' | 'nothing'

/**
 * Reads JSON as a whole: one list, whose elements are the events, or objects one behind the other, over any number
 * of lines. Keeps no more than the element that it is in.
 */
export function createValueReader(sink: Sink): Reader {
  const reader = new ValueReader(sink)
  return { push: (chunk) => reader.push(chunk), end: () => reader.end(), line: () => reader.line }
}

/** `{`, `[`, `"`, `-`, digits, and the letters of true, false and null. */
const VALUE_BEGINNINGS = Buffer.from('{["-0123456789tfn')

/** What a sign between values leads to; anything else begins a value, or is wrong. */
const AFTER: { readonly [State in Expecting]?: { readonly [byte: number]: Expecting } } = {
  'list or value': { [OPEN_LIST]: 'first element' },
  'first element': { [CLOSE_LIST]: 'nothing' },
  comma: { [COMMA]: 'element', [CLOSE_LIST]: 'nothing' },
}

type Told = readonly [message: string, mend: string]

function wrongAt(byte: number, expecting: Expecting): Told | undefined {
  if (expecting === 'comma') {
    return [
      'This stands where `,` or `]` must come.',
      'Put a comma between the events, or close the list with `]`.',
    ]
  }
  if (expecting === 'nothing') {
    return [
      'This stands behind the end of the list.',
      'Put all events into one list, or one a line without a list.',
    ]
  }
  if (byte === CLOSE_LIST && expecting === 'element')
    return ['`]` closes behind a comma.', 'Take the comma before it out.']
  if (byte === COMMA) return ['`,` stands where an event must come.', 'Take the comma out.']
  if (byte !== CLOSE_LIST && byte !== CLOSE_OBJECT) return undefined
  return [`\`${String.fromCharCode(byte)}\` closes what was never opened.`, 'Take it out, or open it before.']
}

/** Where it is in the bytes and in the lines, from chunk to chunk. */
class ValueReader {
  private readonly sink: Sink
  private bytes: Buffer = Buffer.alloc(0)
  /** The next byte to look at. */
  private at = 0
  /** Where the value begins that it is in; -1 outside. */
  private start = -1
  private depth = 0
  private inText = false
  line = 1
  private column = 1
  private expecting: Expecting = 'list or value'

  constructor(sink: Sink) {
    this.sink = sink
  }

  push(chunk: Buffer): boolean {
    const from = this.start < 0 ? this.at : this.start
    this.bytes = Buffer.concat([this.bytes.subarray(from), chunk])
    this.at -= from
    if (this.start >= 0) this.start = 0
    while (this.at < this.bytes.length) {
      if (!(this.start < 0 ? this.outside() : this.inside())) return false
    }
    if (this.start < 0 || this.at - this.start <= LONGEST_TEXT) return true
    this.sink.fault(tooLong(this.line, this.column))
    return false
  }

  end(): boolean {
    if (this.start >= 0) {
      const wasText = this.depth === 0 && !this.inText
      return this.emit(this.bytes.length) && wasText && this.endsWell()
    }
    return this.endsWell()
  }

  private endsWell(): boolean {
    if (this.expecting === 'nothing' || this.expecting === 'value' || this.expecting === 'list or value')
      return true
    return this.stop(
      'The end of the text stands where `,` or `]` must come.',
      'Close the list with `]`; perhaps the file was cut off.',
    )
  }

  /** One step between values. */
  private outside(): boolean {
    const byte = this.bytes[this.at] ?? 0
    if (isSpace(byte)) return this.pass(byte)
    const next = AFTER[this.expecting]?.[byte]
    if (next !== undefined) return this.pass(byte, next)
    const wrong = wrongAt(byte, this.expecting)
    if (wrong !== undefined) return this.stop(...wrong)
    if (!this.isInList() && !VALUE_BEGINNINGS.includes(byte)) return this.stopAtNoJson()
    this.start = this.at
    return true
  }

  private isInList(): boolean {
    return this.expecting === 'element' || this.expecting === 'first element'
  }

  /** Outside of a list nothing says where the next value would begin: one message, not one a word. */
  private stopAtNoJson(): boolean {
    const [sign = ''] = this.bytes.toString('utf8', this.at, this.at + 4)
    const code = sign.codePointAt(0) ?? 0
    const shown = /[\p{C}\p{Z}]/u.test(sign)
      ? `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
      : `\`${sign}\``
    return this.stop(
      `${shown} begins no value of JSON.`,
      'Give JSON: one event, a list of them, or one a line.',
    )
  }

  private pass(byte: number, expecting = this.expecting): boolean {
    this.at++
    this.expecting = expecting
    if (byte === 10) {
      this.line++
      this.column = 1
    } else this.column++
    return true
  }

  private stop(message: string, mend: string): boolean {
    const { line, column } = this
    this.sink.fault({ code: 'json-syntax', line, column, text: this.restOfLine(), message, mend })
    return false
  }

  private restOfLine(): string {
    return (
      this.bytes.toString('utf8', this.at, Math.min(this.bytes.length, this.at + 100)).split('\n', 1)[0] ?? ''
    )
  }

  /** On through a value, to its end or to the end of the bytes. */
  private inside(): boolean {
    const { bytes } = this
    for (let at = this.at; at < bytes.length; at++) {
      if (this.inText) {
        at = this.throughText(at)
        continue
      }
      const end = this.endAt(bytes[at] ?? 0, at)
      if (end >= 0) return this.emit(end)
    }
    this.at = bytes.length
    return true
  }

  /** Where the value ends, if this byte ends it; -1 otherwise. */
  private endAt(byte: number, at: number): number {
    if (byte === QUOTE) this.inText = true
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) this.depth++
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      if (this.depth === 0) return at
      this.depth--
      return this.depth === 0 ? at + 1 : -1
    } else if (this.depth === 0 && (byte === COMMA || isSpace(byte))) return at
    return -1
  }

  /** To the last byte that belongs to the text so far; it ends only at a quote that is not escaped. */
  private throughText(from: number): number {
    const { bytes } = this
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at]
      if (byte === QUOTE && !this.isEscaped(at)) {
        this.inText = false
        return at
      }
    }
    return bytes.length
  }

  private isEscaped(quote: number): boolean {
    let at = quote - 1
    while (at >= this.start && this.bytes[at] === BACKSLASH) at--
    return (quote - 1 - at) % 2 === 1
  }

  private emit(end: number): boolean {
    const own = this.bytes.subarray(this.start, end)
    const { line, column } = this
    this.at = end
    this.start = -1
    this.depth = 0
    this.inText = false
    this.expecting = this.expecting === 'list or value' || this.expecting === 'value' ? 'value' : 'comma'
    if (own.length > LONGEST_TEXT) {
      this.sink.fault(tooLong(line, column))
      return false
    }
    const text = own.toString()
    this.moveBehind(text)
    if (!isUtf8(own)) return this.sink.fault(placedNotUtf8(own, text, { line, column }))
    return this.sink.event({ text, line, column })
  }

  private moveBehind(text: string): void {
    const last = text.lastIndexOf('\n')
    if (last < 0) this.column += text.length
    else this.column = text.length - last
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.line++
  }
}

function placedNotUtf8(
  bytes: Buffer,
  text: string,
  { line, column }: { readonly line: number; readonly column: number },
): ReturnType<typeof notUtf8> {
  const fault = notUtf8(bytes, line, 1)
  const before = text.slice(0, fault.column - 1)
  const breaks = before.split('\n').length - 1
  const from = before.lastIndexOf('\n') + 1
  const inLine = before.length - from + 1
  return { ...fault, line: line + breaks, column: breaks === 0 ? column + inLine - 1 : inLine }
}
