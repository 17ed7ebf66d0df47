import {
  Ajv2020,
  type AnySchema,
  type ErrorObject,
  type Options,
  type ValidateFunction,
} from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { escapePointer, InvalidPayload } from '../event/index.ts'
import { InvalidCatalog } from './errors.ts'
import { closeSchema, openSchema } from './openness.ts'
import type { PayloadCheck, PayloadChecks } from './payload-check.ts'

/** A JSON Schema (draft 2020-12) as data. */
export type JsonSchema = { readonly [keyword: string]: unknown }

/** A schema with the URI that its relative references start from, and where it came from for messages. */
export interface SchemaDocument {
  readonly uri: string
  readonly place: string
  readonly schema: unknown
}

/** Compiles schemas that may refer to each other. Each is compiled when it is first used. */
export interface SchemaCompiler {
  checks(uri: string): PayloadChecks
}

/** A compiler for these documents. @throws InvalidCatalog (also later, when a schema is first used) */
export function schemaCompiler(documents: readonly SchemaDocument[]): SchemaCompiler {
  const closed = once(() => ajvOf(documents, (schema) => closeSchema(schema)))
  const open = once(() => ajvOf(documents, openSchema))
  return {
    checks: (uri) => ({
      closed: checkOf(once(() => compile(closed(), uri, documents))),
      open: checkOf(once(() => compile(open(), uri, documents))),
    }),
  }
}

/** The checks of one schema that stands alone. */
export function schemaChecks(schema: unknown, place: string): PayloadChecks {
  const uri = 'eventwright:schema'
  return schemaCompiler([{ uri, place, schema }]).checks(uri)
}

function ajvOf(documents: readonly SchemaDocument[], change: (schema: unknown) => unknown): Ajv2020 {
  const ajv = newAjv()
  for (const { uri, place, schema } of documents) {
    explained(place, () => addChecked(ajv, change(schema) as AnySchema, uri))
  }
  return ajv
}

function newAjv(options: Options = {}): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, inlineRefs: false, ...options })
  addFormats.default(ajv)
  return ajv
}

const DRAFT = /^https:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/
// What checks a few schemas once is not worth the time that making it faster takes.
const drafts = once(() => newAjv({ code: { optimize: false } }))

/** Compiling the schema of schemas takes longer than most schemas do: all catalogs share one. */
function addChecked(ajv: Ajv2020, schema: AnySchema, uri: string): void {
  const draft: unknown = typeof schema === 'object' ? schema?.$schema : undefined
  const usual = draft === undefined || (typeof draft === 'string' && DRAFT.test(draft))
  ajv.addSchema(schema, uri, undefined, !usual)
  if (usual) void drafts().validateSchema(schema, true)
}

function compile(ajv: Ajv2020, uri: string, documents: readonly SchemaDocument[]): ValidateFunction {
  const place = documents.find((document) => document.uri === uri)?.place ?? uri
  return explained(place, () => {
    const validate = ajv.getSchema(uri)
    if (validate === undefined) throw new InvalidCatalog(`There is no schema ${uri}.`)
    return validate
  })
}

function explained<Result>(place: string, work: () => Result): Result {
  try {
    return work()
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new InvalidCatalog(`${place} is no JSON Schema (draft 2020-12) that can be used: ${reason}.`, {
      cause,
    })
  }
}

function checkOf(validator: () => ValidateFunction): PayloadCheck {
  return (data, subject) => {
    const validate = validator()
    if (validate(data)) return data
    throw problemOf(validate.errors?.at(-1) ?? undefined, validate.errors ?? [], subject)
  }
}

function problemOf(
  last: ErrorObject | undefined,
  all: readonly ErrorObject[],
  subject: string,
): InvalidPayload {
  // The last error is the outermost; the first is the innermost and says more.
  const error = all[0] ?? last
  const pointer = error?.instancePath ?? ''
  const unknown: unknown = error?.params.additionalProperty ?? error?.params.unevaluatedProperty
  if (typeof unknown === 'string') {
    const mend = 'Take it out, or add it to the schema.'
    return new InvalidPayload(subject, `${pointer}/${escapePointer(unknown)}`, 'is not in the schema', mend)
  }
  const missing: unknown = error?.params.missingProperty
  if (error?.keyword === 'required' && typeof missing === 'string') {
    return new InvalidPayload(
      subject,
      `${pointer}/${escapePointer(missing)}`,
      'is missing',
      'The schema asks for it.',
    )
  }
  return new InvalidPayload(subject, pointer, error?.message ?? 'breaks its schema', detailOf(error))
}

function detailOf(error: ErrorObject | undefined): string {
  const allowed: unknown = error?.params.allowedValues
  if (Array.isArray(allowed)) return `Use one of ${allowed.map((value) => JSON.stringify(value)).join(', ')}.`
  return 'Mend the payload, or its schema.'
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
