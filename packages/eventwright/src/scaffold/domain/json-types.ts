import type { Field, FieldType, Flow, JsonObject } from '../../flow/index.ts'

/**
 * The TypeScript of every JSON Schema of the flow that says more than the flow's own types can: alternatives,
 * tuples, maps of one type. By the schema itself.
 */
export async function schemaTypes(flow: Flow): Promise<ReadonlyMap<JsonObject, string>> {
  const schemas = new Set<JsonObject>()
  for (const { type, schema } of flow.types.values()) if (saysMore(type, schema)) schemas.add(schema)
  for (const field of fieldsOf(flow)) if (saysMore(field.type, field.schema)) schemas.add(field.schema)
  const types = new Map<JsonObject, string>()
  for (const schema of schemas) types.set(schema, await typeOf(schema))
  return types
}

function fieldsOf(flow: Flow): readonly Field[] {
  const payloads = [...flow.events.values(), ...flow.commands.values()].map(({ payload }) => payload.fields)
  const rows = [...flow.projections.values()].map(({ fields }) => fields)
  const states = [...flow.aggregates.values()].map(({ fields }) => fields)
  return [...payloads, ...rows, ...states].flatMap((fields) => fields.flatMap(withInner))
}

function withInner(field: Field): readonly Field[] {
  const inner = (type: FieldType): readonly Field[] => {
    if (type.kind === 'list') return inner(type.element)
    return type.kind === 'object' ? type.fields.flatMap(withInner) : []
  }
  return [field, ...inner(field.type)]
}

function saysMore(type: FieldType, schema: JsonObject): boolean {
  if (type.kind === 'any') return Object.keys(schema).some((key) => !DESCRIPTIONS.has(key))
  if (type.kind === 'list') {
    const { items } = schema
    if (schema.prefixItems !== undefined) return true
    return isObject(items) && saysMore(type.element, items)
  }
  return type.kind === 'object' && type.open && isObject(schema.additionalProperties)
}

const DESCRIPTIONS = new Set([
  'title',
  'description',
  'examples',
  'example',
  'default',
  '$comment',
  '$id',
  '$schema',
])

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

async function typeOf(schema: JsonObject): Promise<string> {
  const { compile } = await import('json-schema-to-typescript')
  const { title: _title, $id: _id, ...rest } = schema
  const text = await compile({ ...withTuples(structuredClone(rest)), title: 'Written' }, 'Written', {
    bannerComment: '',
    format: false,
    declareExternallyReferenced: false,
    unknownAny: true,
    strictIndexSignatures: false,
  })
  const declared =
    /^(?:\s*\/\*\*[\s\S]*?\*\/)?\s*export (?:type Written =|interface Written)\s*([\s\S]*)$/.exec(text)?.[1]
  // A schema that refers to itself gives several declarations, and names for them that nobody chose.
  if (declared === undefined || /^export /m.test(declared)) return 'unknown'
  return declared.trim().replace(/;$/, '')
}

/** Tuples as the older drafts say them, which is what the compiler reads. */
function withTuples(schema: JsonObject): { [key: string]: unknown } {
  const entries = Object.entries(schema).map(([key, value]): [string, unknown] => {
    if (Array.isArray(value)) return [key, value.map((item) => (isObject(item) ? withTuples(item) : item))]
    return [key, isObject(value) ? withTuples(value) : value]
  })
  const { prefixItems, items, ...rest } = Object.fromEntries(entries)
  if (prefixItems === undefined) return Object.fromEntries(entries)
  return { ...rest, items: prefixItems, ...(items === undefined ? {} : { additionalItems: items }) }
}
