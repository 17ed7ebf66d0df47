import { type Finding, printableMessage } from '../../findings/index.ts'
import { CODES, type Code } from '../codes.ts'
import type { InputSink } from '../input/read-input.ts'
import type { InputFault } from '../input/sink.ts'
import { readYaml } from '../input/yaml-text.ts'
import { excerptOf, placeIn } from '../text/excerpt.ts'
import { scanJson } from '../text/json-text.ts'
import { isPlainText } from '../text/plain-text.ts'
import type { ScannedText, Span, TextFault } from '../text/span.ts'
import { type EventCheck, mayBeTooLarge, sizeProblem } from './event-check.ts'
import type { Problem } from './problem.ts'
import type { Tallies } from './tally.ts'

/** A finding about an event: in addition the JSON pointer from the event's root, and which event it is. */
export type ValidationFinding = Finding<Code> & {
  readonly pointer?: string
  readonly eventId?: string
  readonly eventType?: string
}

type Settings = {
  readonly check: EventCheck
  readonly tallies: Tallies
  readonly uniqueIds?: boolean
  readonly onFinding: (finding: ValidationFinding) => boolean
}

/** Looks at events one by one, and keeps count. */
export type Inspector = {
  /** The sink for one input; `close` gives false where the run is to end. */
  open(file: string): InputSink & { close(): boolean }
  events(): number
  bad(): number
  stopped(): boolean
}

/** An event in its text. */
type Piece = { readonly text: string; readonly line: number; readonly column: number }
type Known = { readonly value: unknown; readonly scanned: ScannedText; readonly twice: readonly Problem[] }

export function createInspector(settings: Settings): Inspector {
  const { check, tallies } = settings
  const ids = settings.uniqueIds ? new Set<string>() : undefined
  let events = 0
  let bad = 0
  let stopped = false

  const report = (finding: ValidationFinding): boolean => {
    if (!stopped && !settings.onFinding(finding)) stopped = true
    return !stopped
  }

  const open = (file: string): InputSink & { close(): boolean } => {
    let own = 0
    let faults = 0

    /** What the quick look could not pass: everything is looked at, with its places. */
    const inspect = (piece: Piece, { value, scanned, twice }: Known): boolean => {
      const syntax = scanned.faults.some(({ code }) => code === 'json-syntax' || code === 'yaml-syntax')
      const tooDeep = scanned.faults.some(({ code }) => code === 'too-deep')
      const problems = syntax || tooDeep ? [] : [...check.problems(value), ...twice]
      const size = syntax || tooDeep ? undefined : sizeProblem(value, piece.text)
      const about = identity(value)
      const found = [
        ...scanned.faults.map((fault) => findingOf(fault.code, fault, { file, piece, fault, about })),
        ...[...problems, ...(size ? [size] : [])].map((problem) =>
          findingOf(problem.code, spanOf(problem, scanned), { file, piece, fault: problem, about }),
        ),
      ].sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column)
      count(about.eventType, found.length > 0)
      return found.every(report)
    }

    const count = (type: string | undefined, isBad: boolean): void => {
      events++
      own++
      if (isBad) bad++
      const tally = type === undefined ? undefined : tallies.of(type)
      if (tally === undefined) return
      tally.events++
      if (isBad) tally.bad++
    }

    return {
      event(piece) {
        const value = parse(piece.text)
        const twice = idProblems(value, ids)
        if (twice.length === 0 && isPlain(piece.text, value) && check.passes(value)) {
          events++
          own++
          if (typeof value.type === 'string') tallies.of(value.type).events++
          return true
        }
        return inspect(piece, { value, scanned: scanJson(piece.text), twice })
      },
      fault(fault) {
        faults++
        if (fault.code !== 'no-events') events++
        if (fault.code !== 'no-events') bad++
        return report(faultFinding(file, fault))
      },
      async yaml(text) {
        const piece = { text, line: 1, column: 1 }
        for (const { value, ...scanned } of await readYaml(text)) {
          if (!inspect(piece, { value, scanned, twice: idProblems(value, ids) })) return false
        }
        return true
      },
      close() {
        const isEmpty = own === 0 && faults === 0 && !stopped
        if (isEmpty) report(faultFinding(file, NO_EVENTS))
        return !stopped
      },
    }
  }
  return { open, events: () => events, bad: () => bad, stopped: () => stopped }
}

const NO_EVENTS: InputFault = {
  code: 'no-events',
  line: 1,
  column: 1,
  message: 'There is no event in it.',
  mend: 'Leave it out, or write events into it.',
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** An object, and nothing in its text needs a closer look. */
function isPlain(text: string, value: unknown): value is { readonly [name: string]: unknown } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return !mayBeTooLarge(text) && isPlainText(text, value)
}

function identity(value: unknown): Pick<ValidationFinding, 'eventId' | 'eventType'> {
  if (typeof value !== 'object' || value === null) return {}
  const id = 'id' in value && typeof value.id === 'string' ? value.id : undefined
  const type = 'type' in value && typeof value.type === 'string' && value.type !== '' ? value.type : undefined
  return { ...(id !== undefined && { eventId: id }), ...(type !== undefined && { eventType: type }) }
}

function idProblems(value: unknown, ids: Set<string> | undefined): readonly Problem[] {
  if (ids === undefined || typeof value !== 'object' || value === null || !('id' in value)) return []
  const source = 'source' in value ? value.source : ''
  const key = JSON.stringify([source, value.id])
  if (!ids.has(key)) {
    ids.add(key)
    return []
  }
  const message = `The id ${JSON.stringify(value.id)} was there before, from the same source.`
  return [
    {
      code: 'duplicate-id',
      pointer: '/id',
      message,
      mend: 'Give each event an id of its own; leave out what was sent again.',
    },
  ]
}

/** Where a problem stands: its own value or key, else the nearest value around it. */
function spanOf({ pointer, onKey }: Problem, { spans }: ScannedText): Pick<Span, 'start' | 'end'> {
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
    const span = spans.get(at)
    if (span !== undefined) return at === pointer ? (onKey && span.key) || span : opening(span)
    if (at === '') return { start: 0, end: 1 }
  }
}

/** Only where it begins: the caret under a whole event says nothing. */
function opening({ start }: Span): Pick<Span, 'start' | 'end'> {
  return { start, end: start + 1 }
}

type Told = {
  readonly file: string
  readonly piece: Piece
  readonly fault: Pick<TextFault, 'message' | 'mend' | 'pointer'>
  readonly about: Pick<ValidationFinding, 'eventId' | 'eventType'>
}

function findingOf(
  code: Code,
  span: Pick<Span, 'start' | 'end'>,
  { file, piece, fault, about }: Told,
): ValidationFinding {
  const { line, column, excerpt } = placeIn(piece.text, span.start, piece)
  const text = piece.text.slice(span.start, span.end)
  const [ofLine = ''] = text.split(/\r?\n/, 1)
  const isContainer = /^[[{]/.test(text)
  const place = { file, line, column, length: isContainer ? 1 : Math.max(1, ofLine.length) }
  const { message, mend, pointer } = fault
  return {
    code,
    level: CODES[code].level,
    place,
    message: printableMessage(message),
    why: CODES[code].why,
    mend: printableMessage(mend),
    excerpt,
    ...(pointer !== undefined && { pointer }),
    ...about,
  }
}

function faultFinding(
  file: string,
  { code, line, column, text, message, mend }: InputFault,
): ValidationFinding {
  const place = { file, line, column, length: 1 }
  const excerpt =
    text === undefined ? { text: '', column: 1 } : excerptOf(text, text.length < column ? 1 : column)
  return {
    code,
    level: CODES[code].level,
    place,
    message: printableMessage(message),
    why: CODES[code].why,
    mend,
    excerpt,
  }
}
