import type { Field, FieldType, Flow, JsonObject } from '../../flow/index.ts'
import type { Names } from './imports.ts'
import { identifier, keyOf } from './names.ts'

/** The module that has the flow's own types. */
export const TYPES = 'types.ts'

/** Writes the types of a flow's payloads. */
export interface TypeWriter {
  /** A type as text; named types are imported into `names` from `from`. */
  text(type: FieldType, names: Names, from: string): string
  /** A field's type: what the flow's types cannot say is written from its JSON Schema. */
  ofField(field: Field, names: Names, from: string): string
  /** `readonly lines: readonly Line[]` and so on, one a line. */
  members(fields: readonly Field[], names: Names, from: string): string
  /** The named types that were written, and those that they name. */
  declarations(names: Names): string
}

type Named = { readonly exported: string; readonly type: FieldType; used: boolean }

/** A writer for one service. `fromSchema` gives the type of a JSON Schema. */
export function createTypeWriter(flow: Flow, fromSchema: ReadonlyMap<JsonObject, string>): TypeWriter {
  const named = namedTypes(flow)

  const nameOf = (type: FieldType, names: Names, from: string): string | undefined => {
    const known = named.get(type)
    if (known === undefined) return undefined
    known.used = true
    return from === '' ? known.exported : names.import(from, known.exported, 'type')
  }

  const text = (type: FieldType, names: Names, from: string): string =>
    nameOf(type, names, from) ?? structure(type, names, from)

  const structure = (type: FieldType, names: Names, from: string): string => {
    switch (type.kind) {
      case 'int':
      case 'double':
        return 'number'
      case 'bool':
        return 'boolean'
      case 'string':
      case 'timestamp':
        return 'string'
      case 'any':
        return 'unknown'
      case 'enum':
        return type.members.map((member) => JSON.stringify(member)).join(' | ')
      case 'list':
        return listText(text(type.element, names, from))
      case 'object':
        return objectText(type.fields, type.open, names, from)
    }
  }

  const objectText = (fields: readonly Field[], open: boolean, names: Names, from: string): string => {
    if (fields.length === 0) return open ? '{ readonly [name: string]: unknown }' : 'Record<never, never>'
    const rest = open ? '; readonly [name: string]: unknown' : ''
    return `{ ${members(fields, names, from, '; ')}${rest} }`
  }

  const ofField = (field: Field, names: Names, from: string): string => {
    const written = named.has(field.type) ? undefined : fromSchema.get(field.schema)
    return written ?? text(field.type, names, from)
  }

  const members = (fields: readonly Field[], names: Names, from: string, between = '\n'): string =>
    fields
      .map(
        (field) =>
          `readonly ${keyOf(field.name)}${field.optional ? '?' : ''}: ${ofField(field, names, from)}`,
      )
      .join(between)

  const declarations = (names: Names): string => {
    const written = new Map<string, string>()
    // Writing one may use another, so it goes on until nothing new is used.
    for (;;) {
      const next = [...named.values()].find(({ used, exported }) => used && !written.has(exported))
      if (next === undefined) break
      written.set(
        next.exported,
        declaration(next, fromSchema, () => structure(next.type, names, '')),
      )
    }
    return [...written.entries()]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([, declared]) => declared)
      .join('\n\n')
  }

  return { text, ofField, members: (fields, names, from) => members(fields, names, from), declarations }

  function declaration(
    { exported, type }: Named,
    schemas: ReadonlyMap<JsonObject, string>,
    structured: () => string,
  ): string {
    const schema = [...flow.types.values()].find((one) => one.type === type)?.schema
    const written = schema === undefined ? undefined : schemas.get(schema)
    const body = written ?? structured()
    return body.startsWith('{') && !body.includes('|')
      ? `export interface ${exported} ${body}`
      : `export type ${exported} = ${body}`
  }
}

function listText(element: string): string {
  return /[|& ]/.test(element) && !/^\{[\s\S]*\}$/.test(element)
    ? `readonly (${element})[]`
    : `readonly ${element}[]`
}

/** Those with a structure of their own: an alias of `string` says nothing to the compiler. */
function namedTypes(flow: Flow): Map<FieldType, Named> {
  const named = new Map<FieldType, Named>()
  const taken: string[] = []
  for (const { name, type } of flow.types.values()) {
    if ((type.kind !== 'object' && type.kind !== 'enum') || named.has(type)) continue
    const exported = identifier(name, taken)
    taken.push(exported)
    named.set(type, { exported, type, used: false })
  }
  return named
}
