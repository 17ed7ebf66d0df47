import { EventwrightError } from './errors.ts'
import type { NewEvent } from './event.ts'
import { hasJsonForm, isPlain, mayHoldBadText } from './json-form.ts'

/** The largest envelope in bytes of UTF-8: what Kafka takes by default. */
export const LARGEST_ENVELOPE = 1_000_000

/** Kept free of the envelope for what is added to payload and metadata: ids, times, names, signs of JSON. */
const RESERVED = 2_000

/** SQLite's JSON functions end at 1000 levels, and stacks end somewhere; nobody means to nest deeper than this. */
const DEEPEST = 500

/**
 * A payload that JSON cannot say, that is too large, or that its schema refuses. `pointer` (RFC 6901)
 * is where, from the payload's root.
 */
export class InvalidPayload extends EventwrightError {
  readonly code = 'InvalidPayload'
  /** The event or command type, or what else the value belongs to. */
  readonly subject: string
  readonly pointer: string
  readonly problem: string

  /** `what` is at fault in the message; default the payload or the pointer. */
  constructor(
    subject: string,
    pointer: string,
    problem: string,
    mend: string,
    what: string = pointer === '' ? 'the payload' : pointer,
  ) {
    super(`${subject}: ${what} ${problem}. ${mend}`)
    this.subject = subject
    this.pointer = pointer
    this.problem = problem
  }
}

/** Payload and metadata as the JSON text that an engine writes. */
export interface EventText {
  readonly data: string
  readonly metadata: string
}

/**
 * Checks the form of an event, alike on every engine, and gives its JSON text. JSON values only;
 * properties that are `undefined` are dropped, an `undefined` inside an array is refused; no U+0000
 * (PostgreSQL cannot hold it) and no lone surrogate (UTF-8 cannot say it), in values and in keys; the
 * whole envelope at most 1,000,000 bytes, of which 2,000 are kept for what Eventwright adds.
 * @throws InvalidPayload
 */
export function textOf(event: NewEvent, stream = '', tenant = ''): EventText {
  checkText(event.type, 'an event type')
  if (event.id !== undefined) checkText(event.id, `${event.type}: its id`)
  const data = jsonText(event.data, event.type)
  if (Array.isArray(event.metadata) || typeof (event.metadata ?? {}) !== 'object') {
    const given = Array.isArray(event.metadata) ? 'a list' : nameOf(event.metadata)
    const problem = `is ${given}, not a plain object`
    throw new InvalidPayload(event.type, '', problem, 'Name each part of it.', 'the metadata')
  }
  const metadata = jsonText(event.metadata ?? {}, `${event.type} (metadata)`)
  // The stream travels as subject and as key.
  const names = bytesOf(event.type) + 2 * bytesOf(stream) + bytesOf(tenant)
  const bytes = bytesOf(data) + bytesOf(metadata) + names + RESERVED
  if (bytes > LARGEST_ENVELOPE) throw tooLarge(event.type, bytes)
  return { data, metadata }
}

/** The JSON text of a value whose form is checked as an event's payload is. @throws InvalidPayload */
export function jsonText(value: unknown, subject: string): string {
  // The thorough check also says where the fault is; most values have none.
  if (!hasJsonForm(value, DEEPEST)) checkJson(value, subject, '', new Set())
  const text = JSON.stringify(value)
  if (mayHoldBadText(text)) checkJson(value, subject, '', new Set())
  return text
}

/** Checks a name (stream, id, tenant, key): not empty, no U+0000, no lone surrogate, at most 1,000 bytes. @throws InvalidPayload */
export function checkText(text: string, subject: string): void {
  const refuse = (problem: string, mend: string): never => {
    throw new InvalidPayload(subject, '', problem, mend, 'it')
  }
  if (typeof text !== 'string') refuse(`is ${nameOf(text)}, not a text`, 'Write it as a string.')
  const problem = textProblem(text)
  if (problem !== undefined) refuse(problem, TEXT_MEND)
  if (text === '') refuse('is empty', 'Give it at least one character.')
  if (text.length > 1_000 || bytesOf(text) > 1_000) {
    refuse('is longer than 1,000 bytes', 'Shorten it, or use a hash of it.')
  }
}

const TEXT_MEND = 'Take the character out before you append (String.prototype.toWellFormed, replaceAll).'

function textProblem(text: string): string | undefined {
  if (text.includes('\0')) return 'holds the character U+0000'
  if (!text.isWellFormed()) return 'holds half a surrogate pair'
  return undefined
}

function checkJson(value: unknown, subject: string, pointer: string, open: Set<object>): void {
  switch (typeof value) {
    case 'boolean':
      return
    case 'string': {
      const problem = textProblem(value)
      if (problem !== undefined) throw new InvalidPayload(subject, pointer, problem, TEXT_MEND)
      return
    }
    case 'number':
      if (Number.isFinite(value)) return
      throw new InvalidPayload(
        subject,
        pointer,
        `is ${value}, which JSON has not`,
        'Use null, or leave it out.',
      )
    case 'object':
      if (value !== null) checkContainer(value, subject, pointer, open)
      return
    default:
      throw new InvalidPayload(subject, pointer, `is ${nameOf(value)}, which JSON has not`, mendOf(value))
  }
}

function checkContainer(value: object, subject: string, pointer: string, open: Set<object>): void {
  if (open.has(value)) {
    throw new InvalidPayload(subject, pointer, 'contains itself', 'Refer to it by an id instead.')
  }
  if (open.size >= DEEPEST) {
    throw new InvalidPayload(subject, pointer, `is nested more than ${DEEPEST} deep`, 'Flatten the payload.')
  }
  open.add(value)
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++)
      checkJson(value[index], subject, `${pointer}/${index}`, open)
  } else {
    checkObject(value, subject, pointer, open)
  }
  open.delete(value)
}

function checkObject(value: object, subject: string, pointer: string, open: Set<object>): void {
  if (!isPlain(value)) {
    const problem = `is a ${value.constructor?.name ?? 'class instance'}, not a plain object`
    throw new InvalidPayload(
      subject,
      pointer,
      problem,
      'Write it as JSON: a date as an ISO string, a Map as an object.',
    )
  }
  for (const [key, part] of Object.entries(value)) {
    const problem = textProblem(key)
    if (problem !== undefined)
      throw new InvalidPayload(subject, pointer, `has a key that ${problem}`, TEXT_MEND)
    if (part !== undefined) checkJson(part, subject, `${pointer}/${escapePointer(key)}`, open)
  }
}

/** A key as one step of a JSON pointer (RFC 6901). */
export function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text)
}

function nameOf(value: unknown): string {
  if (value === undefined || value === null) return String(value)
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function mendOf(value: unknown): string {
  if (value === undefined) return 'Use null, or leave it out.'
  if (typeof value === 'bigint') return 'Write it as a string of digits.'
  return 'Payloads are data: leave it out.'
}

function tooLarge(subject: string, bytes: number): InvalidPayload {
  const problem = `makes an envelope of ${bytes} bytes, more than ${LARGEST_ENVELOPE}`
  return new InvalidPayload(
    subject,
    '',
    problem,
    'Store the large part elsewhere and put its address into the event.',
  )
}
