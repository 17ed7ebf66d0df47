import type { Report } from '../findings/index.ts'
import type { Field, FieldType, Json, JsonObject, NamedType, Payload, Place } from '../model/index.ts'
import { membersOf } from './enumeration.ts'
import { exampleOf, exampleOfFields, schemaOfFields } from './examples.ts'
import { dataFault, fieldsOfSchema, readSchema, typeOfSchema } from './json-schema.ts'
import { suggestion } from './nearest.ts'
import { at, dataOf, type Entry, entriesOf, type Tree } from './tree.ts'

type Typed = {
  readonly type: FieldType
  readonly schema: JsonObject
  readonly example?: Json
  readonly typeName?: string
}

const BUILT_IN: Readonly<Record<string, Typed>> = {
  string: { type: { kind: 'string' }, schema: { type: 'string' } },
  int: { type: { kind: 'int' }, schema: { type: 'integer' } },
  double: { type: { kind: 'double' }, schema: { type: 'number' } },
  bool: { type: { kind: 'bool' }, schema: { type: 'boolean' } },
  timestamp: { type: { kind: 'timestamp' }, schema: { type: 'string', format: 'date-time' } },
  any: { type: { kind: 'any' }, schema: {} },
}
const ANY: Typed = { type: { kind: 'any' }, schema: {} }

/** Reads the types of a flow: named ones once, fields and payloads wherever they stand. */
export type TypeReader = {
  readonly named: ReadonlyMap<string, NamedType>
  /** A field map: `{ sku: string, note?: string }`. */
  fields(tree: Tree | undefined): Field[]
  /** `data:` or `schema:` of a command, an event or a type, with the id in front. */
  payload(owner: Tree, place: Place, id: Field | undefined): Payload
  /** A field with an initial value: `int = 0`. */
  initial(entry: Entry): { readonly field: Field; readonly value: Json }
}

/** A reader over the merged `types:` of all files. */
export function createTypeReader(entries: readonly Entry[], report: Report): TypeReader {
  const named = new Map<string, NamedType>()
  const open = new Set<string>()
  const declared = new Map(entries.map((entry) => [entry.key, entry]))

  const find = (name: string, place: Place): Typed => {
    const builtIn = Object.hasOwn(BUILT_IN, name) ? BUILT_IN[name] : undefined
    if (builtIn !== undefined) return builtIn
    const entry = declared.get(name)
    if (entry === undefined) {
      report(
        'unknown-type',
        place,
        `There is no type \`${name}\`.`,
        suggestion(name, [...Object.keys(BUILT_IN), ...declared.keys()]),
      )
      return ANY
    }
    const known = named.get(name) ?? readNamed(entry, place)
    return known === undefined ? ANY : { ...known, typeName: name }
  }

  const readNamed = (entry: Entry, from: Place): NamedType | undefined => {
    if (open.has(entry.key)) {
      report(
        'type-recursive',
        from,
        `The type \`${entry.key}\` contains itself.`,
        'Refer to the other by its id instead.',
      )
      return undefined
    }
    open.add(entry.key)
    const typed = readDefinition(entry)
    open.delete(entry.key)
    const written = at(entry.value, 'example')
    const example =
      written === undefined
        ? (typed.example ?? exampleOf(typed.type, lowerFirst(entry.key)))
        : dataOf(written)
    const fault = written === undefined ? undefined : dataFault(typed.schema, example)
    if (fault !== undefined && written !== undefined) {
      report(
        'example-invalid',
        written.place,
        `The example of \`${entry.key}\` ${fault}.`,
        'Give an example that the type accepts.',
      )
    }
    const type: NamedType = {
      name: entry.key,
      type: typed.type,
      schema: typed.schema,
      example,
      place: entry.place,
    }
    named.set(entry.key, type)
    return type
  }

  const readDefinition = (entry: Entry): Typed => {
    const schemaTree = at(entry.value, 'schema')
    if (schemaTree !== undefined) {
      const schema = readSchema(schemaTree, report)
      return schema === undefined ? ANY : { type: typeOfSchema(schema, schemaTree.place), schema }
    }
    const data = at(entry.value, 'data')
    if (data === undefined) {
      report(
        'missing-key',
        entry.place,
        `The type \`${entry.key}\` has neither \`data\` nor \`schema\`.`,
        'Add `data:` or `schema:`.',
      )
      return ANY
    }
    const all = mergedFields(data)
    return { type: { kind: 'object', fields: all, open: false }, schema: schemaOfFields(all) }
  }

  const fieldTyped = (tree: Tree, text?: string): Typed => {
    if (tree.kind === 'scalar') return typedByName(text ?? tree.text, tree.place)
    if (tree.kind === 'list') {
      const members = membersOf(tree, report)
      return members.length === 0 ? ANY : { type: { kind: 'enum', members }, schema: { enum: members } }
    }
    const schemaTree = at(tree, 'schema')
    if (schemaTree !== undefined && schemaTree.kind === 'map') {
      const schema = readSchema(schemaTree, report)
      return schema === undefined ? ANY : { type: typeOfSchema(schema, tree.place), schema }
    }
    const inner = fields(tree)
    return { type: { kind: 'object', fields: inner, open: false }, schema: schemaOfFields(inner) }
  }

  const typedByName = (text: string, place: Place): Typed => {
    const name = text.trim()
    if (!name.endsWith('[]')) return find(name, place)
    const element = typedByName(name.slice(0, -2), place)
    const example = element.example === undefined ? {} : { example: [element.example] }
    return {
      type: { kind: 'list', element: element.type },
      schema: { type: 'array', items: element.schema },
      ...example,
    }
  }

  const field = (entry: Entry, text?: string): Field => {
    const optional = entry.key.endsWith('?')
    const name = optional ? entry.key.slice(0, -1) : entry.key
    const typed = fieldTyped(entry.value, text)
    const base = {
      name,
      type: typed.type,
      optional,
      example: typed.example ?? exampleOf(typed.type, name),
      schema: typed.schema,
    }
    return typed.typeName === undefined
      ? { ...base, place: entry.place }
      : { ...base, typeName: typed.typeName, place: entry.place }
  }

  const fields = (tree: Tree | undefined): Field[] => entriesOf(tree).map((entry) => field(entry))

  const mergedFields = (tree: Tree): Field[] => {
    if (tree.kind === 'map') return fields(tree)
    if (tree.kind === 'list') return merge(tree.items.flatMap(mergedFields))
    const typed = find(tree.text, tree.place)
    if (typed.type.kind === 'object') return [...typed.type.fields]
    if (typed.type.kind !== 'any') {
      report(
        'wrong-shape',
        tree.place,
        `\`${tree.text}\` is not a type with fields.`,
        'Name a type that has `data:`, or write a field map.',
      )
    }
    return []
  }

  const ownFields = (tree: Tree | undefined): Field[] => (tree === undefined ? [] : mergedFields(tree))

  const payload = (owner: Tree, place: Place, id: Field | undefined): Payload => {
    const schemaTree = at(owner, 'schema')
    const dataTree = at(owner, 'data')
    const schema = schemaTree === undefined ? undefined : readSchema(schemaTree, report)
    const own =
      schema === undefined ? ownFields(dataTree) : fieldsOfSchema(schema, schemaTree?.place ?? place)
    const all = id === undefined ? own : [id, ...own.filter((f) => f.name !== id.name)]
    const closed = schemaOfFields(all)
    return {
      fields: all,
      schema: schema === undefined ? closed : { ...schema, ...closed },
      example: exampleOfFields(all),
      place: dataTree?.place ?? schemaTree?.place ?? place,
    }
  }

  const initial = (entry: Entry): { field: Field; value: Json } => {
    const [typeText, valueText] =
      entry.value.kind === 'scalar' ? entry.value.text.split('=').map((part) => part.trim()) : []
    const read = field(entry, typeText)
    const value = valueText === undefined ? initialOf(read.type) : parseInitial(valueText)
    const fault = dataFault(read.schema, value)
    if (fault !== undefined) {
      report(
        'example-invalid',
        entry.value.place,
        `The initial value of \`${read.name}\` ${fault}.`,
        'Write `TYPE = VALUE`, such as `int = 0`.',
      )
    }
    return { field: { ...read, optional: false }, value }
  }

  for (const entry of entries) find(entry.key, entry.place)
  return { named, fields, payload, initial }
}

function initialOf(type: FieldType): Json {
  if (type.kind === 'int' || type.kind === 'double') return 0
  if (type.kind === 'bool') return false
  if (type.kind === 'list') return []
  return type.kind === 'object' ? {} : exampleOf(type, '')
}

function parseInitial(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return text.replace(/^'(.*)'$/, '$1')
  }
}

/** Of equal names the last one counts. */
function merge(fields: readonly Field[]): Field[] {
  return [...new Map(fields.map((f) => [f.name, f])).values()]
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
