import {
  FLOW_SHAPE,
  type Key,
  type Keys,
  type NameKind,
  type Others,
  SHAPES,
  type Shape,
} from '../shape/index.ts'

type Schema = { readonly [key: string]: unknown }

/** The names of a flow, for an editor to complete; without them any name will do. */
export type KnownNames = { readonly [K in NameKind]?: readonly string[] }

const BUILT_IN_TYPES = ['string', 'int', 'double', 'bool', 'timestamp', 'any']

/**
 * The JSON Schema (2020-12) of the flow file, from the description that the parser reads by. With the names of a
 * flow, its references are enumerations, so that an editor completes them and underlines a wrong one.
 */
export function schemaOfFlowFile(names: KnownNames = {}): Schema {
  const convert = createConverter(names)
  const definitions = Object.entries(SHAPES).map(([name, shape]) => [name, convert(shape)])
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Eventwright flow file',
    description: 'A whole event-driven system: services, sagas, projections, scenarios.',
    ...convert(FLOW_SHAPE),
    $defs: Object.fromEntries(definitions),
  }
}

function createConverter(names: KnownNames): (shape: Shape) => Schema {
  const convert = (shape: Shape): Schema => {
    switch (shape.is) {
      case 'text':
        return { type: ['string', 'number', 'boolean'] }
      case 'integer':
        return shape.minimum === undefined ? { type: 'integer' } : { type: 'integer', minimum: shape.minimum }
      case 'true':
        return { type: 'boolean' }
      case 'words':
        return { enum: shape.words }
      case 'name':
        return nameSchema(shape.of, shape.refers, names)
      case 'duration':
        return { type: 'string', pattern: '^\\d+(\\.\\d+)?(s|m|h|d|w)$' }
      case 'cel':
        return { type: ['string', 'number', 'boolean'], description: 'CEL' }
      case 'field-type':
        return fieldType(names)
      case 'json':
        return {}
      case 'list':
        return { type: 'array', items: convert(shape.of) }
      case 'map':
        return mapSchema(shape.keys, shape.others, names, convert)
      case 'either':
        return { anyOf: shape.of.map(convert) }
      case 'shape':
        return { $ref: `#/$defs/${shape.name}` }
    }
  }
  return convert
}

function nameSchema(kind: NameKind, refers: boolean, names: KnownNames): Schema {
  const known = refers ? names[kind] : undefined
  return known === undefined ? { type: 'string' } : { enum: known }
}

function fieldType(names: KnownNames): Schema {
  const types = [...BUILT_IN_TYPES, ...(names.type ?? [])]
  const element = names.type === undefined ? '[A-Za-z][A-Za-z0-9]*' : `(${types.join('|')})`
  const text = { type: 'string', pattern: `^\\s*${element}(\\[\\])*(\\s*=.*)?$` }
  const completed = { enum: [...types, ...types.map((type) => `${type}[]`)] }
  return { anyOf: [completed, text, { type: 'array', items: { type: 'string' } }, { type: 'object' }] }
}

function mapSchema(
  keys: Keys,
  others: Others | undefined,
  names: KnownNames,
  convert: (shape: Shape) => Schema,
): Schema {
  const properties = Object.entries(keys).map(([name, key]) => [
    name,
    { ...convert(key.shape), description: key.doc },
  ])
  const required = Object.entries(keys).filter(isRequired)
  const known = others?.refers ? names[others.name] : undefined
  const open = others === undefined ? {} : othersSchema(others, known, convert)
  return {
    type: 'object',
    properties: Object.fromEntries([...properties, ...Object.entries(open)]),
    ...(required.length > 0 ? { required: required.map(([name]) => name) } : {}),
    additionalProperties: others === undefined || known !== undefined ? false : convert(others.shape),
  }
}

/** Where the names are known, each is a property of its own. */
function othersSchema(
  others: Others,
  known: readonly string[] | undefined,
  convert: (shape: Shape) => Schema,
): Schema {
  return Object.fromEntries((known ?? []).map((name) => [name, convert(others.shape)]))
}

function isRequired([, key]: [string, Key]): boolean {
  return key.required === true
}
