import type { JsonSchema } from './json-schema.ts'

const MAPS = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']
const LISTS = ['allOf', 'anyOf', 'oneOf', 'prefixItems']
// Not `not`: to open what is forbidden forbids more.
const SINGLES = ['items', 'contains', 'if', 'then', 'else', 'additionalProperties', 'unevaluatedProperties']
const FORBIDS = ['additionalProperties', 'unevaluatedProperties']

/**
 * The schema as a consumer reads it: `additionalProperties: false` and `unevaluatedProperties: false` do
 * not count. Alternatives of a `oneOf` may then overlap, so that it becomes an `anyOf`.
 */
export function openSchema(schema: unknown): unknown {
  if (!isObject(schema)) return schema
  const open: Record<string, unknown> = {}
  for (const [keyword, value] of Object.entries(schema)) {
    if (FORBIDS.includes(keyword) && value === false) continue
    open[keyword] = openKeyword(keyword, value)
  }
  const { oneOf, ...rest } = open
  if (oneOf === undefined) return open
  if (open.anyOf === undefined) return { ...rest, anyOf: oneOf }
  return { ...rest, allOf: [...(Array.isArray(open.allOf) ? open.allOf : []), { anyOf: oneOf }] }
}

function openKeyword(keyword: string, value: unknown): unknown {
  if (MAPS.includes(keyword) && isObject(value)) return mapValues(value, openSchema)
  if (LISTS.includes(keyword) && Array.isArray(value)) return value.map(openSchema)
  if (SINGLES.includes(keyword)) return openSchema(value)
  return value
}

/**
 * The schema as a producer is held to it: an object that names its properties takes no others, unless
 * the schema itself says so (`additionalProperties`). Branches of `allOf` and the like stay as they are,
 * since the object around them is closed over all of them.
 */
export function closeSchema(schema: unknown, root: unknown = schema): unknown {
  if (!isObject(schema)) return schema
  const closed: Record<string, unknown> = { ...schema }
  if (isObject(schema.properties))
    closed.properties = mapValues(schema.properties, (part) => closeSchema(part, root))
  if (isObject(schema.$defs)) closed.$defs = mapValues(schema.$defs, (part) => closeParts(part, root))
  if (isObject(schema.items)) closed.items = closeSchema(schema.items, root)
  if (Array.isArray(schema.prefixItems))
    closed.prefixItems = schema.prefixItems.map((part) => closeSchema(part, root))
  if (namesProperties(schema, root) && !FORBIDS.some((keyword) => keyword in schema)) {
    closed.unevaluatedProperties = false
  }
  return closed
}

/** A definition may be one of several of an `allOf`: it is closed where it is used, its parts here. */
function closeParts(schema: unknown, root: unknown): unknown {
  if (!isObject(schema) || !isObject(schema.properties)) return schema
  return { ...schema, properties: mapValues(schema.properties, (part) => closeSchema(part, root)) }
}

function namesProperties(schema: JsonSchema, root: unknown, depth = 0): boolean {
  if (depth > 20) return false
  if (isObject(schema.properties)) return true
  const branches = ['allOf', 'anyOf', 'oneOf'].flatMap((keyword) => {
    const list = schema[keyword]
    return Array.isArray(list) ? list : []
  })
  const target = typeof schema.$ref === 'string' ? localTarget(schema.$ref, root) : undefined
  return [...branches, target].some((part) => isObject(part) && namesProperties(part, root, depth + 1))
}

function localTarget(ref: string, root: unknown): unknown {
  if (ref === '#') return root
  if (!ref.startsWith('#/')) return undefined
  return ref
    .slice(2)
    .split('/')
    .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((value, step) => (isObject(value) ? value[step] : undefined), root)
}

function mapValues(map: JsonSchema, change: (part: unknown) => unknown): JsonSchema {
  return Object.fromEntries(Object.entries(map).map(([name, part]) => [name, change(part)]))
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
