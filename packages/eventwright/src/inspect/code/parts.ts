import type { AggregateDefinition } from '@eventwright/core'
import { BrokenCode } from '../errors.ts'
import type { Code, Part } from './code.ts'

/**
 * Told by what they are made of, not by their class: a module brings its own copy of the library, from the folder
 * in which it is installed.
 */
function isPart(value: object): value is Part {
  if (!('kind' in value && 'name' in value && 'catalog' in value)) return false
  switch (value.kind) {
    case 'aggregate':
      return hasFunction(value, 'evolve') && hasFunction(value, 'decide')
    case 'projection':
    case 'consumer':
      return hasFunction(value, 'handle') && 'types' in value
    case 'saga':
      return hasFunction(value, 'key') && 'nodes' in value
    default:
      return false
  }
}

function hasFunction(value: object, name: string): boolean {
  return name in value && typeof Reflect.get(value, name) === 'function'
}

/** An aggregate with the creators of its commands. */
function definitionIn(value: object): unknown {
  return 'definition' in value ? value.definition : undefined
}

/** How deep lists, options and services may stand in one another. */
const DEEPEST = 4

/**
 * The parts in a value: a part, an aggregate, a service, a list of them, an object that has them (options with
 * `run`, exports by name). What runs elsewhere is left out.
 */
export function partsIn(value: unknown, deep = 0): readonly Part[] {
  if (deep > DEEPEST || !isObject(value)) return []
  if (isPart(value)) return isContract(value) ? [] : [value]
  if (Array.isArray(value)) return value.flatMap((item) => partsIn(item, deep + 1))
  const definition = definitionIn(value)
  if (definition !== undefined) return partsIn(definition, deep + 1)
  if ('run' in value && Array.isArray(value.run)) {
    return 'elsewhere' in value && value.elsewhere === true ? [] : partsIn(value.run, deep + 1)
  }
  return isPlain(value) ? Object.values(value).flatMap((item) => partsIn(item, deep + 1)) : []
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** The creators of commands may be functions with properties; a class's instance is nobody's list of parts. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null
}

function isContract(part: Part): boolean {
  return part.kind === 'aggregate' && (part satisfies AggregateDefinition).contract === true
}

/** Puts parts under their names; one that is met twice is one. @throws BrokenCode where two have one name */
export function codeOf(origin: string, parts: readonly Part[]): Code {
  const code = {
    origin,
    aggregates: new Map(),
    sagas: new Map(),
    projections: new Map(),
    consumers: new Map(),
  }
  const places = {
    aggregate: code.aggregates,
    saga: code.sagas,
    projection: code.projections,
    consumer: code.consumers,
  }
  for (const part of new Set(parts)) {
    const place: Map<string, Part> = places[part.kind]
    if (place.has(part.name)) {
      throw new BrokenCode(
        `${origin} has two ${part.kind}s named '${part.name}'. Give one of them another name, or name the module of one service.`,
      )
    }
    place.set(part.name, part)
  }
  return code
}
