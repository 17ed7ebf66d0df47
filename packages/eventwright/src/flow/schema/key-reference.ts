import { describe, FLOW_SHAPE, type Key, SHAPES, type Shape } from '../shape/index.ts'

/** One key of the flow file, for the guide: where it stands, what it takes, what it says. */
export type KeyReference = {
  readonly path: string
  readonly takes: string
  readonly required: boolean
  readonly doc: string
}

/** Every key, in the order in which they are described. Names that the author chooses stand as `NAME`. */
export function keyReference(): KeyReference[] {
  return [...new Map(keysOf(FLOW_SHAPE, '', []).map((key) => [key.path, key])).values()]
}

function keysOf(shape: Shape, path: string, open: readonly string[]): KeyReference[] {
  if (shape.is === 'shape') {
    const inner = SHAPES[shape.name]
    return inner === undefined || open.includes(shape.name) ? [] : keysOf(inner, path, [...open, shape.name])
  }
  if (shape.is === 'list') return keysOf(shape.of, path, open)
  if (shape.is === 'either') return shape.of.flatMap((option) => keysOf(option, path, open))
  if (shape.is !== 'map') return []
  const known = Object.entries(shape.keys).flatMap(([name, key]) => oneKey(name, key, path, open))
  return shape.others === undefined
    ? known
    : [...known, ...keysOf(shape.others.shape, join(path, shape.others.name.toUpperCase()), open)]
}

function oneKey(name: string, key: Key, path: string, open: readonly string[]): KeyReference[] {
  const here = join(path, name)
  return [
    { path: here, takes: describe(key.shape), required: key.required === true, doc: key.doc },
    ...keysOf(key.shape, here, open),
  ]
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}
