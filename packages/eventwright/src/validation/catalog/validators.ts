import { relative } from 'node:path'
import { Ajv, type ErrorObject, type Options } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { Place } from '../../findings/index.ts'
import { ENVELOPE_SCHEMA, type JsonSchema, type Profile } from '../envelope/schema.ts'
import { SchemaUnusable } from '../errors.ts'
import { addAllFormats } from './formats.ts'
import type { Draft, SchemaDocument } from './schema-set.ts'

/** One schema, compiled. */
export type Validator = {
  accepts(value: unknown): boolean
  /** Everything that is wrong with a value that it does not accept. */
  errors(value: unknown): readonly ErrorObject[]
}

/** Compiles schemas that may refer to each other; each when it is first used. */
export type Validators = {
  /** The schema under a URI of the documents. Throws where it is no schema, or refers to what is not there. */
  of(uri: string, draft: Draft): Validator
  envelope(profile: Profile): Validator
}

/** Validators over these documents, and over an envelope's schema with the anchors `published` and `stored`. */
export function createValidators(
  documents: readonly SchemaDocument[],
  envelope: JsonSchema = ENVELOPE_SCHEMA,
): Validators {
  const first = compilers(documents, envelope, { allErrors: false })
  const all = compilers(documents, envelope, { allErrors: true })
  const validator = (uri: string, draft: Draft): Validator => {
    const accepts = first(draft, uri)
    return {
      accepts: (value) => unending(uri, () => accepts(value) === true),
      errors: (value) => {
        const check = all(draft, uri)
        return unending(uri, () => (check(value) === true ? [] : (check.errors ?? [])))
      },
    }
  }
  return { of: validator, envelope: (profile) => validator(`${envelope.$id}#${profile}`, '2020-12') }
}

type Compile = (draft: Draft, uri: string) => ReturnType<Ajv['compile']>

function compilers(documents: readonly SchemaDocument[], envelope: JsonSchema, options: Options): Compile {
  const made = new Map<Draft, Ajv>()
  return (draft, uri) => {
    try {
      const ajv = made.get(draft) ?? ajvOf(draft, documents, { envelope, options })
      made.set(draft, ajv)
      return ajv.getSchema(uri) ?? ajv.compile({ $ref: uri })
    } catch (cause) {
      throw unusable(uri, cause)
    }
  }
}

/** What refers to itself before it says anything has no end, which shows when it is compiled or when it is used. */
function unending<T>(uri: string, check: () => T): T {
  try {
    return check()
  } catch (cause) {
    throw cause instanceof RangeError ? unusable(uri, cause) : cause
  }
}

function unusable(uri: string, cause: unknown): SchemaUnusable {
  if (cause instanceof SchemaUnusable) return cause
  const said = cause instanceof Error ? cause.message : String(cause)
  const reason =
    cause instanceof RangeError ? 'it refers to itself without end' : said.replaceAll('file://', '')
  const mend = /can't resolve reference https?:/.test(said)
    ? 'Nothing is fetched: keep that schema in a file beside, and refer to the file.'
    : 'Mend it, or what it refers to.'
  return new SchemaUnusable(`The schema ${readable(uri)} cannot be used: ${reason}.`, { mend, cause })
}

function startOf(uri: string): Place {
  const file = readable(uri)
  return { file: uri.startsWith('file:') ? relative('', file) : file, line: 1, column: 1, length: 1 }
}

function readable(uri: string): string {
  try {
    return decodeURI(uri).replace(/^file:\/\//, '')
  } catch {
    return uri
  }
}

function ajvOf(
  draft: Draft,
  documents: readonly SchemaDocument[],
  { envelope, options }: { readonly envelope: JsonSchema; readonly options: Options },
): Ajv {
  const settings: Options = { strict: false, validateSchema: false, logger: false, ...options }
  const ajv = draft === '7' ? new Ajv(settings) : new Ajv2020(settings)
  addAllFormats(ajv)
  if (draft === '2020-12') ajv.addSchema(envelope)
  for (const { uri, content } of documents) {
    if (!isSchema(content)) continue
    try {
      ajv.addSchema(named(content, uri), uri)
    } catch (cause) {
      throw new SchemaUnusable(unusable(uri, cause).message, { mend: 'Mend it.', place: startOf(uri), cause })
    }
  }
  return ajv
}

/** Without an `$id` of its own ajv loses where a document's references start from once another leads to it. */
function named(content: object | boolean, uri: string): object | boolean {
  if (typeof content === 'boolean') return content
  const own =
    '$id' in content && typeof content.$id === 'string' ? URL.parse(content.$id, uri)?.href : undefined
  return { ...content, $id: own ?? uri }
}

function isSchema(content: unknown): content is object | boolean {
  return (
    typeof content === 'boolean' ||
    (typeof content === 'object' && content !== null && !Array.isArray(content))
  )
}

/** What the meta schema of its draft says against a schema; undefined where it is one. */
export function schemaProblem(
  schema: unknown,
  draft: Draft,
): { readonly pointer: string; readonly message: string } | undefined {
  const ajv = metaAjv(draft)
  if (isSchema(schema) && ajv.validateSchema(withoutDraft(schema)) === true) return undefined
  const error = ajv.errors?.[0]
  return { pointer: error?.instancePath ?? '', message: error?.message ?? 'must be an object or a boolean' }
}

const metas = new Map<Draft, Ajv>()

function metaAjv(draft: Draft): Ajv {
  const settings: Options = { strict: false, logger: false }
  const ajv = metas.get(draft) ?? (draft === '7' ? new Ajv(settings) : new Ajv2020(settings))
  if (!metas.has(draft)) addAllFormats(ajv)
  metas.set(draft, ajv)
  return ajv
}

/** Its `$schema` may name another draft than the one it is read by. */
function withoutDraft(schema: object | boolean): object | boolean {
  if (typeof schema === 'boolean') return schema
  const { $schema: _, ...rest } = schema as { readonly $schema?: unknown }
  return rest
}
