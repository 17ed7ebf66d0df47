import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { parse } from 'yaml'
import type { Report } from '../findings/index.ts'
import type { Field, FieldType, Json, JsonObject, Place } from '../model/index.ts'
import { exampleOf } from './examples.ts'
import { inlineRefs } from './inline-refs.ts'
import { misspelledKeyword } from './schema-keywords.ts'
import { dataOf, type Tree } from './tree.ts'

let ajv: Ajv2020 | undefined

function validator(): Ajv2020 {
  if (ajv === undefined) {
    // What checks a value or two is not worth the time that making it faster takes.
    ajv = new Ajv2020({ strict: false, allErrors: false, code: { optimize: false } })
    formats.default(ajv)
  }
  return ajv
}

/** A JSON Schema written inline or as the path to a JSON or YAML file; `undefined` after a finding. */
export function readSchema(tree: Tree, report: Report): JsonObject | undefined {
  const data = tree.kind === 'scalar' ? readSchemaFile(tree, report) : dataOf(tree)
  if (data === undefined) return undefined
  if (!isObject(data)) {
    report(
      'schema-invalid',
      tree.place,
      'A JSON Schema is a map.',
      'Write the schema as a map, or name a file.',
    )
    return undefined
  }
  const reason = schemaFault(data)
  if (reason === undefined) return inlineRefs(data)
  report('schema-invalid', tree.place, `Not a JSON Schema: ${reason}.`, 'Mend the schema (2020-12).')
  return undefined
}

function readSchemaFile(tree: Tree & { kind: 'scalar' }, report: Report): Json | undefined {
  const path = resolve(dirname(tree.place.file), tree.text)
  try {
    return parse(readFileSync(path, 'utf8'), { maxAliasCount: 100 }) as Json
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
    report(
      'schema-invalid',
      tree.place,
      `The schema file cannot be read: ${reason}.`,
      'Name a JSON or YAML file, relative to this one.',
    )
    return undefined
  }
}

function schemaFault(schema: JsonObject): string | undefined {
  try {
    compile(schema)
    return misspelledKeyword(schema)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** A schema file may be named in several places: each use is a schema of its own, though they have one `$id`. */
function compile(schema: JsonObject): ValidateFunction {
  const ajv = validator()
  if (typeof schema.$id === 'string') ajv.removeSchema(schema.$id)
  return ajv.compile(schema)
}

/** Why data does not hold against a schema, or `undefined` if it does. */
export function dataFault(schema: JsonObject, data: Json): string | undefined {
  const validate = compile(schema)
  if (validate(data)) return undefined
  const [error] = validate.errors ?? []
  if (error === undefined) return 'it does not match its schema'
  const where = error.instancePath === '' ? '' : `${error.instancePath.slice(1).replaceAll('/', '.')} `
  const extra = 'additionalProperty' in error.params ? ` (${String(error.params.additionalProperty)})` : ''
  return `${where}${error.message ?? 'is invalid'}${extra}`
}

/** The field type that a JSON Schema means; `any` for what has no counterpart. */
export function typeOfSchema(schema: JsonObject, place: Place): FieldType {
  const { type, enum: members, format, items } = schema
  if (Array.isArray(members) && members.every((m): m is string => typeof m === 'string'))
    return { kind: 'enum', members }
  if (type === 'string') return { kind: format === 'date-time' ? 'timestamp' : 'string' }
  if (type === 'integer') return { kind: 'int' }
  if (type === 'number') return { kind: 'double' }
  if (type === 'boolean') return { kind: 'bool' }
  if (type === 'array')
    return { kind: 'list', element: isObject(items) ? typeOfSchema(items, place) : { kind: 'any' } }
  if (type === 'object') {
    return {
      kind: 'object',
      fields: fieldsOfSchema(schema, place),
      open: schema.additionalProperties !== false,
    }
  }
  return { kind: 'any' }
}

/** The fields of an object's JSON Schema. */
export function fieldsOfSchema(schema: JsonObject, place: Place): Field[] {
  const { properties, required } = schema
  if (!isObject(properties)) return []
  const needed = new Set(Array.isArray(required) ? required : [])
  return Object.entries(properties).map(([name, value]) => {
    const inner = isObject(value) ? value : {}
    const type = typeOfSchema(inner, place)
    const example =
      inner.example ??
      (Array.isArray(inner.examples) ? inner.examples[0] : undefined) ??
      inner.default ??
      inner.const
    return {
      name,
      type,
      optional: !needed.has(name),
      example: example ?? exampleOf(type, name),
      schema: inner,
      place,
    }
  })
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
