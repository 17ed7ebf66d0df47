import type { Command, Field, FieldType, Json, JsonObject } from '../../flow/index.ts'

/** How many payloads are tried for one command. */
const LIMIT = 80

/** The example of a command's data, then payloads that differ from it in one field. */
export function variants(command: Command, id: string): readonly JsonObject[] {
  const own = command.payload.fields.filter(({ name }) => name !== id)
  const example = Object.fromEntries(
    own.filter(({ optional }) => !optional).map(({ name }) => [name, command.payload.example[name] ?? null]),
  )
  const others = own.flatMap((field) =>
    fieldVariants(field).map((value) => ({ ...example, [field.name]: value })),
  )
  const texts = literalsIn(command)
  const named = own
    .filter(({ type }) => type.kind === 'string')
    .flatMap((field) => texts.map((text) => ({ ...example, [field.name]: text })))
  const numbers = numbersIn(command)
  const counted = own
    .filter(({ type }) => type.kind === 'int' || type.kind === 'double')
    .flatMap((field) => numbers.map((number) => ({ ...example, [field.name]: number })))
  return [example, ...counted, ...named, ...others].slice(0, LIMIT)
}

function fieldVariants(field: Field): readonly Json[] {
  return [...(field.optional ? [field.example] : []), ...valuesOf(field.type, field.example)]
}

function valuesOf(type: FieldType, example: Json): readonly Json[] {
  switch (type.kind) {
    case 'int':
      return [0, 1, 2, 10, 1000, 1_000_001, -1]
    case 'double':
      return [0, 0.5, 1000, -1]
    case 'bool':
      return [true, false]
    case 'enum':
      return type.members
    case 'string':
      return ['', 'x'.repeat(300)]
    case 'list':
      return listsOf(type.element, example)
    case 'object':
      return objectsOf(type.fields, example)
    default:
      return []
  }
}

function listsOf(element: FieldType, example: Json): readonly Json[] {
  const [first] = Array.isArray(example) ? example : []
  if (first === undefined) return [[]]
  const changed = valuesOf(element, first).map((value) => [value])
  return [[], [first, first], Array.from({ length: 101 }, () => first), ...changed]
}

function objectsOf(fields: readonly Field[], example: Json): readonly Json[] {
  if (typeof example !== 'object' || example === null || Array.isArray(example)) return []
  return fields.flatMap((field) => fieldVariants(field).map((value) => ({ ...example, [field.name]: value })))
}

function sourcesOf({ requires, branches, ignore, lets }: Command): string {
  const expressions = [
    ...requires.map(({ condition }) => condition.source),
    ...branches.flatMap(({ when }) => (when ? [when.source] : [])),
    ...lets.map(({ value }) => value.source),
    ...(ignore.when ? [ignore.when.source] : []),
  ]
  return expressions.join('\n')
}

/** Texts that a command's conditions speak of. */
function literalsIn(command: Command): readonly string[] {
  const found = sourcesOf(command).matchAll(/'([^'\\]*)'|"([^"\\]*)"/g)
  return [...new Set([...found].map(([, single, double]) => single ?? double ?? ''))]
}

/** Numbers that a command's conditions speak of, and what lies beside them. */
function numbersIn(command: Command): readonly number[] {
  const found = [...sourcesOf(command).matchAll(/\b\d+(?:\.\d+)?\b/g)].map(([text]) => Number(text))
  return [...new Set(found.flatMap((number) => [number, number + 1, number - 1]))]
}
