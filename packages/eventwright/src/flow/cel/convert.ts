import type { FieldType, Json, JsonObject } from '../model/index.ts'

/** Makes the CEL object of an object type: CEL knows the type of a value by its constructor. */
export type Construct = (type: FieldType, entries: readonly (readonly [string, unknown])[]) => unknown

/**
 * The one place where values cross into CEL and back: integers are BigInt there, timestamps Dates, and plain JSON
 * on our side.
 */
export function toCel(value: Json | undefined, type: FieldType, construct: Construct): unknown {
  if (value === undefined || value === null) return value
  if (type.kind === 'int' && typeof value === 'number') return BigInt(value)
  if (type.kind === 'timestamp' && typeof value === 'string') return new Date(value)
  if (type.kind === 'list' && Array.isArray(value))
    return value.map((item: Json) => toCel(item, type.element, construct))
  if (type.kind === 'object' && isObject(value)) return objectToCel(value, type, construct)
  return type.kind === 'any' ? untyped(value) : value
}

function objectToCel(value: JsonObject, type: FieldType & { kind: 'object' }, construct: Construct): unknown {
  const types = new Map(type.fields.map((field) => [field.name, field.type]))
  const entries = Object.entries(value).map(([key, item]): [string, unknown] => {
    const known = types.get(key)
    return [key, known === undefined ? untyped(item) : toCel(item, known, construct)]
  })
  return construct(type, entries)
}

/** Where no type says otherwise, a whole number is an integer. */
function untyped(value: Json): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value
  if (Array.isArray(value)) return value.map(untyped)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, untyped(item)]))
}

/** A CEL value as JSON; throws a `RangeError` for what JSON does not hold. */
export function fromCel(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'bigint') return toNumber(value)
  if (typeof value === 'number') return finite(value)
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map(fromCel)
  if (value instanceof Map) return fromEntries([...value.entries()])
  if (typeof value === 'object') {
    if (Object.getPrototypeOf(value) === Object.prototype) return fromEntries(Object.entries(value))
  }
  throw new RangeError('its value has no form in JSON')
}

function fromEntries(entries: readonly (readonly [unknown, unknown])[]): Json {
  const present = entries.filter(([, value]) => value !== undefined)
  return Object.fromEntries(present.map(([key, value]) => [String(key), fromCel(value)]))
}

function toNumber(value: bigint): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new RangeError(`the integer ${value} is beyond 2^53`)
  return number
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw new RangeError(`the number ${value} has no form in JSON`)
  return value
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
