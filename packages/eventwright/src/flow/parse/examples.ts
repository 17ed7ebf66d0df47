import type { Field, FieldType, Json, JsonObject } from '../model/index.ts'

/** What a scenario puts in where neither it nor the flow says anything. */
export function exampleOf(type: FieldType, name: string): Json {
  switch (type.kind) {
    case 'string':
    case 'any':
      return name
    case 'int':
    case 'double':
      return 1
    case 'bool':
      return true
    case 'timestamp':
      return '2026-01-01T00:00:00.000Z'
    case 'enum':
      return type.members[0] ?? name
    case 'list':
      return [exampleOf(type.element, name)]
    case 'object':
      return exampleOfFields(type.fields)
  }
}

/** The required fields with their examples. */
export function exampleOfFields(fields: readonly Field[]): JsonObject {
  return Object.fromEntries(fields.filter((f) => !f.optional).map((f) => [f.name, f.example]))
}

/** A closed JSON Schema of the fields. */
export function schemaOfFields(fields: readonly Field[]): JsonObject {
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((f) => [f.name, f.schema])),
    required: fields.filter((f) => !f.optional).map((f) => f.name),
    additionalProperties: false,
  }
}
