import { keyReference } from 'eventwright'
import type { Row } from './markdown.ts'
import { isObject } from './objects.ts'

/** The path of every key that a flow file may have; the author's names stand in capitals. */
export const known: readonly string[] = keyReference().map(({ path }) =>
  path.replaceAll('.FREE', '.SCENARIO'),
)

/** A table's head names the places of its keys, by the end of their path. */
export function keysOfRow({ cells, head }: Row): readonly string[] {
  const key = /`([^`]+)`/.exec(cells[0] ?? '')?.[1] ?? ''
  const places = [...(head[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
  return places.map((name) => (name === 'file' ? `^${key}` : `${name}.${key}`))
}

/** Whether a documented key means this path. */
export function isKey(path: string, key: string): boolean {
  return key.startsWith('^') ? path === key.slice(1) : path === key || path.endsWith(`.${key}`)
}

/** The paths of the keys in data, with the author's names in capitals, as the key reference has them. */
export function pathsIn(data: unknown, path: string): readonly string[] {
  if (Array.isArray(data)) return data.flatMap((item) => pathsIn(item, path))
  if (!isObject(data)) return []
  return Object.entries(data).flatMap(([key, value]) => {
    const here = flat(path === '' ? key : `${path}.${key}`)
    if (known.includes(here)) return [here, ...pathsIn(value, here)]
    const named = known.find((other) => new RegExp(`^${RegExp.escape(path)}\\.[A-Z]+\\.`).test(other))
    const name = named?.slice(path.length + 1).split('.')[0]
    return name === undefined ? [] : pathsIn(value, `${path}.${name}`)
  })
}

/** Steps stand in steps. */
function flat(path: string): string {
  return path.replace(/\.steps\.(steps|parallel)\./, '.steps.')
}
