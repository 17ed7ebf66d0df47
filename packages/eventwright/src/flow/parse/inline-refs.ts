import type { Json, JsonObject } from '../model/index.ts'

/**
 * The schema with each `$ref` into itself replaced by what it means, so that it holds wherever it is put in. One
 * that contains itself stays as it is.
 */
export function inlineRefs(schema: JsonObject): JsonObject {
  const inlined = inline(schema, schema, [])
  return isObject(inlined) ? inlined : schema
}

function inline(value: Json, root: JsonObject, open: readonly string[]): Json {
  if (Array.isArray(value)) return value.map((item) => inline(item, root, open))
  if (!isObject(value)) return value
  const { $ref, ...rest } = value
  const target = typeof $ref === 'string' && !open.includes($ref) ? targetOf($ref, root) : undefined
  const own = Object.fromEntries(
    Object.entries(target === undefined ? value : rest).map(([key, inner]) => [
      key,
      inline(inner, root, open),
    ]),
  )
  if (target === undefined || typeof $ref !== 'string') return own
  const meant = inline(target, root, [...open, $ref])
  return isObject(meant) ? { ...meant, ...own } : meant
}

/** What a JSON pointer of the schema, such as `#/$defs/Line`, points to. */
function targetOf(ref: string, root: JsonObject): Json | undefined {
  if (!ref.startsWith('#/')) return undefined
  let value: Json | undefined = root
  for (const part of ref.slice(2).split('/')) {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
    value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
  }
  return value
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
