import { InvalidPayload, LARGEST_ENVELOPE } from '@eventwright/core'
import type { KnownType } from '../catalog/event-types.ts'
import type { Validator, Validators } from '../catalog/validators.ts'
import { plainEnvelopeOf } from '../envelope/plain-envelope.ts'
import type { Profile } from '../envelope/schema.ts'
import type { Problem } from './problem.ts'
import { schemaProblems } from './schema-problem.ts'
import type { TypeTally } from './tally.ts'

/** What the envelope is held to; `none` looks only at `type` and `data`. */
export type EnvelopeRule = Profile | 'none'

type Attributes = { readonly [name: string]: unknown }

/** Checks whole events. */
export type EventCheck = {
  /** The quick answer; false means that `problems` must be asked. */
  passes(event: Attributes): boolean
  /** All that is wrong with a value that is meant to be an event; empty where it is good. */
  problems(value: unknown): readonly Problem[]
}

/** A check of envelope and payload. `isOwn`: the envelope's schema is the one that the plain way was written for. */
export function createEventCheck(
  { rule, isOwn }: { readonly rule: EnvelopeRule; readonly isOwn: boolean },
  validators: Validators,
  types: (type: string) => TypeTally,
): EventCheck {
  const envelope = rule === 'none' ? undefined : validators.envelope(rule)
  const plain = rule === 'none' || !isOwn ? undefined : plainEnvelopeOf(rule)
  return {
    passes: (event) => {
      if (typeof event.type !== 'string' || event.type === '') return false
      if (!plain?.(event) && !isEnvelope(event, envelope)) return false
      return payloadPasses(event, types(event.type).known)
    },
    problems: (value) => {
      if (!isObject(value)) return [noEvent(value)]
      if (!ATTRIBUTES.some((name) => name in value) && envelope?.accepts(value) === false)
        return [noEnvelope(value)]
      return [...envelopeProblems(value, envelope), ...payloadProblems(value, types)]
    },
  }
}

/** Whether an event's text could be more than an append takes; a sign is at most three bytes of UTF-8 a unit. */
export function mayBeTooLarge(text: string): boolean {
  return text.length > LARGEST_ENVELOPE / 3
}

/** What is said against an event that is too large for any append, however its text is spaced. */
export function sizeProblem(value: unknown, text: string): Problem | undefined {
  if (!mayBeTooLarge(text) || value === undefined) return undefined
  const compact = Buffer.byteLength(JSON.stringify(value))
  if (compact <= LARGEST_ENVELOPE) return undefined
  const message = `The event has ${compact} bytes, more than ${LARGEST_ENVELOPE}.`
  return {
    code: 'too-large',
    pointer: '',
    message,
    mend: 'Store the large part elsewhere and put its address into the event.',
  }
}

function isEnvelope(event: Attributes, envelope: Validator | undefined): boolean {
  return envelope === undefined || (envelope.accepts(event) && metadataProblem(event) === undefined)
}

function payloadPasses(event: Attributes, known: KnownType): boolean {
  if (known.kind !== 'schema') return known.kind === 'unchecked'
  const { schema, validator } = known
  if (schema.covers === 'event') return validator.accepts(event)
  // An upcast may fail, and a payload that is not there is told as such.
  if (event.data === undefined || upcasts(known)) return false
  return validator.accepts(event.data)
}

function upcasts({ schema, version }: KnownType & { readonly kind: 'schema' }): boolean {
  return schema.upcast !== undefined && version !== schema.version
}

/** The payload, brought to the version of the schema. */
function payloadOf(event: Attributes, known: KnownType & { readonly kind: 'schema' }): unknown {
  const { upcast } = known.schema
  return upcast === undefined || !upcasts(known) ? event.data : upcast(event.data, known.version)
}

const ATTRIBUTES = ['specversion', 'id', 'source', 'type']

/** An object without any attribute that an event must have: what stands there instead says how to come to events. */
function noEnvelope(value: Attributes): Problem {
  const message = 'This object is no event: it has neither `specversion` nor `id`, `source` and `type`.'
  return { code: 'not-an-event', pointer: '', message, mend: mendNoEnvelope(value) }
}

function mendNoEnvelope(value: Attributes): string {
  const keys = Object.keys(value)
  const nested = ['headers', 'attributes', 'properties'].find((name) => isObject(value[name]))
  const headers = [...keys, ...Object.keys(nested === undefined ? {} : Object(value[nested]))]
  if (headers.some((name) => /^(ce[_-]|cloudEvents[_:])/i.test(name)))
    return 'These are events in binary mode: write the attributes of the headers and the payload, under `data`, as one object.'
  const holder = ['payload', 'value', 'body', 'event', 'message', 'data'].find((name) =>
    holdsEvent(value[name]),
  )
  if (holder !== undefined) return `The event stands under \`${holder}\`: write it alone.`
  const list = keys.find((name) => Array.isArray(value[name]) && value[name].some(holdsEvent))
  if (list !== undefined)
    return `The events stand under \`${list}\`: write that list alone, or one event a line.`
  return 'If this is a payload, write it under `data` of an envelope; --envelope none asks only for `type` and `data`.'
}

function holdsEvent(value: unknown): boolean {
  return isObject(value)
    ? 'specversion' in value
    : typeof value === 'string' && value.trimStart().startsWith('{') && value.includes('"specversion"')
}

function noEvent(value: unknown): Problem {
  const kind = value === null ? 'null' : `a ${typeof value}`
  const what = Array.isArray(value) ? 'a list' : kind
  if (holdsEvent(value)) {
    const message = 'This is a text that holds an event: it was written as JSON twice.'
    return {
      code: 'not-an-event',
      pointer: '',
      message,
      mend: 'Write the event itself, without quotes around it.',
    }
  }
  const mend = Array.isArray(value)
    ? 'Write its elements one a line, or make the file one list.'
    : 'Write the envelope as a JSON object, with the payload under `data`.'
  return { code: 'not-an-event', pointer: '', message: `This is ${what}, not an event.`, mend }
}

function envelopeProblems(event: Attributes, envelope: Validator | undefined): readonly Problem[] {
  if (envelope === undefined) {
    if (typeof event.type === 'string' && event.type !== '') return []
    const message = 'type' in event ? '/type must be a text that is not empty.' : '/type is missing.'
    return [
      {
        code: 'envelope-invalid',
        pointer: 'type' in event ? '/type' : '',
        message,
        mend: 'The type says which schema the payload has.',
      },
    ]
  }
  const errors = envelope.errors(event)
  const problems = schemaProblems(errors, { code: 'envelope-invalid', base: '', of: 'the envelope' })
  const metadata = metadataProblem(event)
  return metadata === undefined ? problems : [...problems, metadata]
}

/** Core reads the attribute `metadata` as the JSON text of an object. */
function metadataProblem({ metadata }: Attributes): Problem | undefined {
  if (typeof metadata !== 'string') return undefined
  try {
    if (isObject(JSON.parse(metadata))) return undefined
  } catch {
    // Said below, as for any other text.
  }
  const message = '/metadata is not the JSON text of an object.'
  return {
    code: 'envelope-invalid',
    pointer: '/metadata',
    message,
    mend: 'Write it as JSON.stringify({ … }) gives it.',
  }
}

function payloadProblems(event: Attributes, types: EventTypesTally): readonly Problem[] {
  if (typeof event.type !== 'string' || event.type === '') return []
  const { known } = types(event.type)
  if (known.kind === 'unchecked') return []
  if (known.kind === 'unknown-type') {
    return [
      {
        code: 'unknown-type',
        pointer: '/type',
        message: `No schema describes the type ${event.type}.`,
        mend: known.mend,
      },
    ]
  }
  if (known.kind === 'unknown-version') {
    const message = `No schema describes version ${known.version} of this type.`
    return [{ code: 'unknown-version', pointer: '/type', message, mend: known.mend }]
  }
  return problemsBySchema(event, known)
}

function problemsBySchema(
  event: Attributes,
  known: KnownType & { readonly kind: 'schema' },
): readonly Problem[] {
  const { schema, validator } = known
  const of = `the schema of ${schema.name}${schema.version === undefined ? '' : ` version ${schema.version}`}`
  if (schema.covers === 'event')
    return schemaProblems(validator.errors(event), { code: 'payload-invalid', base: '', of })
  if (!('data' in event)) {
    return [
      {
        code: 'payload-invalid',
        pointer: '',
        message: '/data is missing.',
        mend: `Add the payload under \`data\`: ${of} asks for it.`,
      },
    ]
  }
  try {
    return schemaProblems(validator.errors(payloadOf(event, known)), {
      code: 'payload-invalid',
      base: '/data',
      of,
    })
  } catch (error) {
    // Only what an upcast throws for its payload; anything else is a fault of ours, or of a schema.
    if (!(error instanceof InvalidPayload)) throw error
    const message = `/data ${error.problem.replace(/\.?$/, '.')}`
    return [
      {
        code: 'payload-invalid',
        pointer: '/data',
        message,
        mend: 'Mend the payload, or the upcast in the flow.',
      },
    ]
  }
}

type EventTypesTally = (type: string) => TypeTally

function isObject(value: unknown): value is Attributes {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
