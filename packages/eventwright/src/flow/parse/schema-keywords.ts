import type { Json, JsonObject } from '../model/index.ts'
import { nearest } from './nearest.ts'

const MAPS_OF_SCHEMAS = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']
const LISTS_OF_SCHEMAS = ['allOf', 'anyOf', 'oneOf', 'prefixItems']
const SCHEMAS = ['items', 'additionalProperties', 'not', 'if', 'then', 'else', 'contains', 'propertyNames']
const CONSTRAINTS = [
  ...['type', 'enum', 'const', 'format', 'pattern', 'required', 'dependentRequired', 'default', 'examples'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength'],
  ...['minItems', 'maxItems', 'uniqueItems', 'minContains', 'maxContains', 'minProperties', 'maxProperties'],
  ...['unevaluatedItems', 'unevaluatedProperties'],
]
const ANNOTATIONS = [
  ...['title', 'description', 'deprecated', 'readOnly', 'writeOnly', 'example', 'id'],
  ...['contentEncoding', 'contentMediaType', 'contentSchema'],
]
const KNOWN = new Set([...[MAPS_OF_SCHEMAS, LISTS_OF_SCHEMAS, SCHEMAS, CONSTRAINTS, ANNOTATIONS].flat()])
/** Anything is near to a word as short as `not`. */
const LIKELY = [...KNOWN].filter((key) => key.length > 3 && key !== 'else')

/** JSON Schema lets unknown keywords pass; one that is nearly a known one is a misspelled constraint. */
export function misspelledKeyword(schema: Json | undefined): string | undefined {
  if (!isObject(schema)) return undefined
  for (const key of Object.keys(schema)) {
    if (KNOWN.has(key) || key.startsWith('$')) continue
    const near = nearest(key, LIKELY)
    if (near !== undefined) return `there is no keyword \`${key}\`, did you mean \`${near}\``
  }
  const inner = [
    ...SCHEMAS.map((key) => schema[key]),
    ...MAPS_OF_SCHEMAS.flatMap((key) => (isObject(schema[key]) ? Object.values(schema[key]) : [])),
    ...LISTS_OF_SCHEMAS.flatMap((key) => (Array.isArray(schema[key]) ? schema[key] : [])),
  ]
  return inner.map(misspelledKeyword).find((fault) => fault !== undefined)
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
