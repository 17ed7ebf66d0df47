type JsonObject = { readonly [name: string]: unknown }

/** A payload that other code wrote, as an object whose fields may be anything or missing. */
export function fieldsOf(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function textIn(fields: JsonObject, name: string): string | undefined {
  const value = fields[name]
  return typeof value === 'string' ? value : undefined
}

export function numberIn(fields: JsonObject, name: string): number | undefined {
  const value = fields[name]
  return typeof value === 'number' ? value : undefined
}
