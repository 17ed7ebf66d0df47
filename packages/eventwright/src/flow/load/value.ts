import { asObject } from '../compile/index.ts'
import type { Field, FieldType, Json, JsonObject, Payload } from '../model/index.ts'
import type { Random } from './random.ts'

/** The ids that fields may refer to, by the field; `undefined` for a field that is none of them. */
export type References = (field: Pick<Field, 'name' | 'typeName'>) => readonly string[] | undefined

/** What values are made with. */
export interface Making {
  readonly random: Random
  readonly references: References
  /** What a number is of its example; default half to twice, now and then far more. */
  readonly plenty?: number | undefined
}

/** Of numbers so many are far from their example, so that limits are met too. */
const FAR = 0.03
const LONGEST_LIST = 3

/** Data for a payload, varied around `base`; optional fields come half of the time. The id is the base's. */
export function dataFor({ fields }: Payload, base: JsonObject, making: Making): JsonObject {
  const [own, ...others] = fields
  const id = own && base[own.name]
  return { ...(id === undefined ? {} : { [own?.name ?? '']: id }), ...fieldsOf(others, base, making) }
}

function fieldsOf(fields: readonly Field[], base: JsonObject, making: Making): JsonObject {
  const { random } = making
  return Object.fromEntries(
    fields
      .filter(({ optional }) => !optional || random.chance(0.5))
      .map((field) => [field.name, fieldValue(field, base[field.name] ?? field.example, making)]),
  )
}

function fieldValue(field: Field, example: Json, making: Making): Json {
  const known = making.references(field)
  if (known) return making.random.pick(known) ?? example
  return varied(field.type, field.schema, example, making)
}

function varied(type: FieldType, schema: JsonObject, example: Json, making: Making): Json {
  const { random } = making
  if (schema.const !== undefined || Array.isArray(schema.enum)) return anyOf(schema, example, random)
  switch (type.kind) {
    case 'enum':
      return random.pick(type.members) ?? example
    case 'bool':
      return random.chance(0.5)
    case 'int':
    case 'double':
      return numberNear(typeof example === 'number' ? example : 1, type.kind, schema, making)
    case 'string':
      return isFree(schema) && random.chance(0.5) ? `${example}-${random.below(1000)}` : example
    case 'list':
      return listOf(type.element, schema, example, making)
    case 'object':
      return { ...asObject(example), ...fieldsOf(type.fields, asObject(example), making) }
    default:
      return example
  }
}

function anyOf(schema: JsonObject, example: Json, random: Random): Json {
  return Array.isArray(schema.enum) ? (random.pick<Json>(schema.enum) ?? example) : example
}

function isFree(schema: JsonObject): boolean {
  return !['pattern', 'format', 'maxLength', 'allOf', 'anyOf', 'oneOf', 'not', '$ref'].some((key) =>
    Object.hasOwn(schema, key),
  )
}

function numberNear(
  example: number,
  kind: 'int' | 'double',
  schema: JsonObject,
  { random, plenty }: Making,
): number {
  const wanted = example * factor(random, plenty)
  const step = numberIn(schema.multipleOf) ?? (kind === 'int' ? 1 : 0.01)
  const lowest = numberIn(schema.minimum) ?? above(schema.exclusiveMinimum, step) ?? -Infinity
  const highest = numberIn(schema.maximum) ?? below(schema.exclusiveMaximum, step) ?? Infinity
  const stepped = Math.round(wanted / step) * step
  return Math.min(highest, Math.max(lowest, kind === 'int' ? Math.round(stepped) : stepped))
}

function factor(random: Random, plenty: number | undefined): number {
  if (plenty !== undefined) return plenty
  return random.chance(FAR) ? 1000 ** random.next() : 0.5 + 1.5 * random.next()
}

function numberIn(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined
}

function above(value: Json | undefined, step: number): number | undefined {
  return typeof value === 'number' ? value + step : undefined
}

function below(value: Json | undefined, step: number): number | undefined {
  return typeof value === 'number' ? value - step : undefined
}

function listOf(element: FieldType, schema: JsonObject, example: Json, making: Making): Json {
  if (schema.prefixItems !== undefined) return example // each place has a type of its own
  const fewest = numberIn(schema.minItems) ?? 1
  const most = Math.max(fewest, Math.min(numberIn(schema.maxItems) ?? LONGEST_LIST, LONGEST_LIST))
  const items = asObject(schema.items)
  const first = Array.isArray(example) ? example[0] : undefined
  if (first === undefined) return example
  const length = fewest + making.random.below(most - fewest + 1)
  return Array.from({ length }, () => varied(element, items, first, making))
}
