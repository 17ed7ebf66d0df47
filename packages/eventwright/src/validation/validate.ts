import { isDeepStrictEqual } from 'node:util'
import { createEventTypes } from './catalog/event-types.ts'
import type { SchemaSet } from './catalog/schema-set.ts'
import { createValidators } from './catalog/validators.ts'
import { createEventCheck, type EnvelopeRule } from './check/event-check.ts'
import { createInspector, type ValidationFinding } from './check/inspector.ts'
import { createTallies, type TypeTally } from './check/tally.ts'
import { ENVELOPE_SCHEMA, type JsonSchema } from './envelope/schema.ts'
import { readInput } from './input/read-input.ts'

/** How events are validated. */
export type ValidateOptions = {
  readonly envelope: EnvelopeRule
  /** The schema that envelopes are held to, with the anchors `published` and `stored`; default `ENVELOPE_SCHEMA`. */
  readonly envelopeSchema?: JsonSchema
  /** Where payload schemas come from; none at all means that only envelopes are checked. */
  readonly schemas?: SchemaSet
  /** Report a second event with the same source and id in one run; takes about 100 bytes of memory an event. */
  readonly uniqueIds?: boolean
  /** Gets each finding as it is found; false ends the run. */
  readonly onFinding: (finding: ValidationFinding) => boolean
  /** Hears from time to time how far it is. */
  readonly onProgress?: (progress: Progress) => void
}

export type Progress = {
  readonly file: string
  readonly bytes: number
  readonly events: number
  readonly bad: number
}

/** What a run came to. */
export type Summary = {
  /** Values that were looked at: events, and what was meant to be one. */
  readonly events: number
  readonly bad: number
  /** By type, in the order of their first event. */
  readonly types: readonly Pick<TypeTally, 'type' | 'events' | 'bad'>[]
  /** It was ended before all inputs were read. */
  readonly stopped: boolean
}

/**
 * Validates the events of these inputs (files, or `-` for standard input), one after the other, in memory that does not
 * grow with them. @throws InputUnreadable
 */
export async function validateEvents(inputs: readonly string[], options: ValidateOptions): Promise<Summary> {
  const schemas = options.schemas
  const envelopeSchema = options.envelopeSchema ?? ENVELOPE_SCHEMA
  const isOwn = isDeepStrictEqual(envelopeSchema, ENVELOPE_SCHEMA)
  const validators = createValidators(schemas?.documents ?? [], envelopeSchema)
  const tallies = createTallies(createEventTypes(schemas?.events, validators))
  const check = createEventCheck({ rule: options.envelope, isOwn }, validators, tallies.of)
  const inspector = createInspector({ check, tallies, ...options })
  let bytes = 0
  for (const input of inputs) {
    const sink = inspector.open(input === '-' ? '<stdin>' : input)
    await readInput(input, sink, (more) => {
      bytes += more
      options.onProgress?.({ file: input, bytes, events: inspector.events(), bad: inspector.bad() })
    })
    if (!sink.close()) break
  }
  const counted = tallies.all().filter(({ events }) => events > 0)
  const types = counted.map(({ type, events, bad }) => ({ type, events, bad }))
  return { events: inspector.events(), bad: inspector.bad(), types, stopped: inspector.stopped() }
}
