import type { FieldType, Json, JsonObject } from './payload.ts'
import type { Place } from './place.ts'

/**
 * A CEL expression, compiled and type-checked. `evaluate` takes plain values (numbers, strings, ISO dates,
 * objects) by variable name and gives plain JSON back; it throws `ExpressionError`, which is a failure of the
 * flow, never a refusal.
 */
export type Expression = {
  readonly source: string
  /** The type CEL inferred: `int`, `string`, `bool`, `list<int>`, `dyn`, … */
  readonly type: string
  readonly place: Place
  /** Its syntax tree, for what is generated from it. */
  readonly ast: SyntaxNode
  /** What it sees, by name; a name that is none of these is a member of an enumeration. */
  readonly variables: ReadonlyMap<string, FieldType>
  evaluate(scope: Scope): Json
}

/**
 * A node of an expression's syntax tree, as the parser of CEL gives it: `args` are nodes, names and literals, by
 * `op`. `checkedType` is the type that was found for it; what stands inside `has()` has none.
 */
export type SyntaxNode = {
  readonly op: string
  readonly args: unknown
  readonly checkedType?: { readonly name: string }
}

/**
 * The variables an expression or a mapping sees, by name.
 *
 * - commands (`require`, `let`, `choose`, `emit with`, `ignore`): `cmd`, `state`, `status`, `now` and each `let`;
 * - an event's `set`: `event`, `state`, `status`;
 * - sagas: `start`, each earlier step's answer by the step's name, `item` and `index` inside `each`,
 *   `failure` in compensations and in `compensated`;
 * - projections: `event`, `row`;
 * - upcasters: `old`.
 */
export type Scope = { readonly [variable: string]: Json | undefined }

/** Where the value of one target field comes from. Nothing is implied any more: this is after the copying rules. */
export type Source =
  /** `scope[variable][field]`; absent where it is absent there. */
  | { readonly from: 'field'; readonly variable: string; readonly field: string }
  /** The whole variable: a `let`, or `item` where a loop runs over plain values. */
  | { readonly from: 'variable'; readonly variable: string }
  | { readonly from: 'constant'; readonly value: Json }
  | { readonly from: 'expression'; readonly expression: Expression }

/** One target field and its source. */
export type MappedField = {
  readonly field: string
  readonly source: Source
  /** True if the file says it (`with:`, `set:`), false if it was copied by name. */
  readonly written: boolean
  readonly place: Place
}

/** Every field of a target that has a source, in the target's order. */
export type Mapping = readonly MappedField[]

/** The value of one source, `undefined` where it is absent. */
export function sourceValue(source: Source, scope: Scope): Json | undefined {
  if (source.from === 'constant') return source.value
  if (source.from === 'expression') return source.expression.evaluate(scope)
  const whole = scope[source.variable]
  if (source.from === 'variable') return whole
  return isObject(whole) && Object.hasOwn(whole, source.field) ? whole[source.field] : undefined
}

/** The target's data: each mapped field evaluated, absent ones left out. */
export function applyMapping(mapping: Mapping, scope: Scope): JsonObject {
  const entries: [string, Json][] = []
  for (const { field, source } of mapping) {
    const value = sourceValue(source, scope)
    if (value !== undefined) entries.push([field, value])
  }
  return Object.fromEntries(entries)
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
