import { pointerStep, type ScannedText, type Span, type TextFault } from './span.ts'

/** How deep an envelope may be nested: 500 for the payload, and itself. */
export const DEEPEST = 501

const MANY = 100

/** An object or a list that is open: what the next value in it is called. */
type Open = {
  readonly kind: '{' | '['
  readonly pointer: string
  readonly start: number
  readonly keyOfItself?: Span['key']
  readonly keys: Set<string>
  index: number
  key?: { readonly name: string; readonly start: number; readonly end: number }
}

/**
 * Reads a JSON text strictly (RFC 8259), without recursion: where each value stands, and what `JSON.parse` takes
 * without a word (a key twice, a number that loses digits, U+0000, half a surrogate pair, no end of nesting).
 * Ends at the first syntax error, which is then the last fault.
 */
export function scanJson(text: string): ScannedText {
  const scan = new JsonScan(text)
  try {
    scan.run()
  } catch (error) {
    if (!(error instanceof SyntaxStop)) throw error
    scan.faults.push(error.fault)
  }
  return { spans: scan.spans, faults: scan.faults }
}

class SyntaxStop extends Error {
  readonly fault: TextFault
  constructor(fault: TextFault) {
    super(fault.message)
    this.fault = fault
  }
}

/** One pass over one text: its position and what is open are state that every step shares. */
class JsonScan {
  readonly spans = new Map<string, Span>()
  readonly faults: TextFault[] = []
  private readonly text: string
  private readonly open: Open[] = []
  private at = 0

  constructor(text: string) {
    this.text = text
  }

  run(): void {
    this.skipSpace()
    this.value()
    while (this.open.length > 0) this.step()
    this.skipSpace()
    if (this.at < this.text.length)
      this.stop(
        'stands behind the end of the value',
        this.isBeforeObject() && !/^\s*\{/.test(this.text)
          ? MEND_PREFIX
          : 'Write one value a line, or a list of values.',
      )
  }

  /** What may come inside the innermost object or list: a member, an element, or its end. */
  private step(): void {
    const inner = this.open.at(-1)
    if (inner === undefined) return
    this.skipSpace()
    const char = this.text[this.at]
    const end = inner.kind === '{' ? '}' : ']'
    if (char === end) {
      this.close(inner)
      return
    }
    if (inner.index > 0) {
      if (char !== ',')
        this.stop(
          `stands where \`,\` or \`${end}\` must come`,
          `Put a comma between, or close with \`${end}\`.`,
        )
      this.at++
      this.skipSpace()
      if (this.text[this.at] === end) this.stop('closes behind a comma', 'Take the comma before it out.')
    }
    inner.index++
    if (inner.kind === '{') this.memberKey(inner)
    this.value()
  }

  private memberKey(inner: Open): void {
    const start = this.at
    if (this.text[start] !== '"') this.stop('stands where a key must come', 'Write keys in double quotes.')
    const name = this.string(inner.pointer)
    const key = { name, start, end: this.at }
    if (inner.keys.has(name)) {
      this.fault('duplicate-key', key, `${inner.pointer}/${pointerStep(name)}`, [
        `The key ${JSON.stringify(name)} is there twice.`,
        'Take one of them out, or rename it.',
      ])
    }
    inner.keys.add(name)
    inner.key = key
    this.skipSpace()
    if (this.text[this.at] !== ':')
      this.stop('stands where `:` must come', 'Put a colon between key and value.')
    this.at++
    this.skipSpace()
  }

  private value(): void {
    const parent = this.open.at(-1)
    const pointer = pointerIn(parent)
    const start = this.at
    const char = this.text[start]
    if (char === '{' || char === '[') {
      this.enter(char, pointer, parent)
      return
    }
    if (char === '"') this.string(pointer)
    else this.scalar(pointer)
    this.place(pointer, start, parent?.key)
  }

  private enter(kind: '{' | '[', pointer: string, parent: Open | undefined): void {
    const start = this.at
    if (this.open.length === DEEPEST) {
      this.fault('too-deep', { start, end: start + 1 }, undefined, [
        'The value is nested more than 500 deep.',
        'Flatten the payload.',
      ])
    }
    const key = parent?.key
    this.open.push({ kind, pointer, start, keys: new Set(), index: 0, ...(key && { keyOfItself: key }) })
    this.at++
  }

  private close(inner: Open): void {
    this.at++
    this.open.pop()
    this.place(inner.pointer, inner.start, inner.keyOfItself)
  }

  private place(pointer: string, start: number, key: Span['key']): void {
    if (this.open.length > DEEPEST) return
    this.spans.set(pointer, { start, end: this.at, ...(key && { key: { start: key.start, end: key.end } }) })
  }

  private scalar(pointer: string): void {
    const start = this.at
    TOKEN.lastIndex = start
    const token = TOKEN.exec(this.text)?.[0] ?? ''
    if (token === 'true' || token === 'false' || token === 'null') {
      this.at += token.length
      return
    }
    NUMBER.lastIndex = start
    const number = NUMBER.exec(this.text)?.[0]
    if (number === undefined || number.length < token.length)
      this.stop(valueProblem(token), this.isBeforeObject() ? MEND_PREFIX : valueMend(token))
    this.at += number.length
    if (isExact(number)) return
    this.fault('inexact-number', { start, end: this.at }, pointer, [
      `${number} reads as ${Number(number)}.`,
      'Write it as a string of digits.',
    ])
  }

  /** As a console consumer prints records: a key or a time, then the event. */
  private isBeforeObject(): boolean {
    return this.open.length === 0 && this.text.endsWith('}') && this.text.includes('{"', this.at)
  }

  private string(pointer: string): string {
    const start = this.at
    this.at = this.endOfString(start)
    const value: unknown = JSON.parse(this.text.slice(start, this.at))
    if (typeof value !== 'string') return ''
    const problem = characterProblem(value)
    if (problem !== undefined) {
      this.fault('bad-character', { start, end: this.at }, pointer, [
        `The text ${problem}.`,
        'Take the character out where the event is made.',
      ])
    }
    return value
  }

  /** Behind its closing quote. Jumps from sign to sign, since a text may be megabytes long. */
  private endOfString(start: number): number {
    let from = start + 1
    for (;;) {
      SIGN_IN_TEXT.lastIndex = from
      const end = SIGN_IN_TEXT.exec(this.text)?.index ?? this.text.length
      if (this.text[end] === '"') return end + 1
      ESCAPE.lastIndex = end
      if (!ESCAPE.test(this.text)) this.brokenString(start, end)
      from = ESCAPE.lastIndex
    }
  }

  private brokenString(start: number, end: number): never {
    this.at = end
    const char = this.text[end]
    if (char === undefined) {
      this.at = start
      this.stop('begins a text that never ends', 'Close it with a double quote.')
    }
    if (char === '\\') this.stop('begins no escape of JSON', 'Write \\\\ for a backslash, or \\uXXXX.')
    this.stop('is a control character inside a text', 'Write it as an escape: \\n, \\t, \\u0001.')
  }

  private skipSpace(): void {
    SPACE.lastIndex = this.at
    SPACE.exec(this.text)
    this.at = SPACE.lastIndex
  }

  private fault(
    code: TextFault['code'],
    { start, end }: { readonly start: number; readonly end: number },
    pointer: string | undefined,
    [message, mend]: readonly [string, string],
  ): void {
    if (this.faults.length >= MANY) return
    this.faults.push({ code, start, end, message, mend, ...(pointer !== undefined && { pointer }) })
  }

  private stop(problem: string, mend: string): never {
    const start = Math.min(this.at, this.text.length)
    const char = this.text.codePointAt(start)
    const what = char === undefined ? 'The end of the text' : shown(String.fromCodePoint(char))
    const code = 'json-syntax'
    throw new SyntaxStop({ code, start, end: start + 1, message: `${what} ${problem}.`, mend })
  }
}

const MEND_PREFIX = 'Write the event alone on its line: print records without their keys and times.'
const SPACE = /[ \t\n\r]*/y
const TOKEN = /[^\s,:[\]{}"]*/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them in texts
const SIGN_IN_TEXT = /["\\\u0000-\u001f]/g
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y

function pointerIn(parent: Open | undefined): string {
  if (parent === undefined) return ''
  const step = parent.kind === '{' ? pointerStep(parent.key?.name ?? '') : String(parent.index - 1)
  // Beyond the limit nothing is looked up, and each pointer would be longer than the one before.
  return parent.pointer.length > 100_000 ? parent.pointer : `${parent.pointer}/${step}`
}

function isExact(number: string): boolean {
  const value = Number(number)
  if (!Number.isFinite(value)) return false
  if (Number.isSafeInteger(value) || !/^-?\d+$/.test(number)) return true
  return BigInt(number) === BigInt(value)
}

function characterProblem(text: string): string | undefined {
  if (text.includes('\0')) return 'holds the character U+0000'
  return text.isWellFormed() ? undefined : 'holds half a surrogate pair'
}

function shown(char: string): string {
  return /[\p{C}\p{Z}]/u.test(char)
    ? `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
    : `\`${char}\``
}

function valueProblem(token: string): string {
  if (token === '') return 'stands where a value must come'
  return /^[-+.\d]/.test(token) ? 'begins no number of JSON' : 'begins no value of JSON'
}

function valueMend(token: string): string {
  const meant = { True: 'true', False: 'false', None: 'null', undefined: 'null', nil: 'null' }[token]
  if (meant !== undefined) return `Write ${meant}.`
  if (/^(NaN|[-+]?Infinity)$/.test(token))
    return 'JSON has neither NaN nor Infinity: use null, or leave it out.'
  if (/^[-+.\d]/.test(token))
    return 'Write digits, with a digit before and behind the point, and no leading zero or plus.'
  if (token.startsWith("'")) return 'Write texts in double quotes.'
  return token === ''
    ? 'Write the value, or take its key out.'
    : 'Write a text in double quotes, a number, true, false or null.'
}
