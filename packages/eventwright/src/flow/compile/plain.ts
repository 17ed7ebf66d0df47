import type { Json, JsonObject } from '../model/index.ts'

/** A payload as plain JSON; the schemas of the catalog have checked it already. */
export function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}

/** A value that came out of a payload, and so is JSON. */
export function asJson(value: unknown): Json {
  return isJson(value) ? value : null
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isJson(value: unknown): value is Json {
  return (
    value !== undefined &&
    typeof value !== 'function' &&
    typeof value !== 'symbol' &&
    typeof value !== 'bigint'
  )
}
