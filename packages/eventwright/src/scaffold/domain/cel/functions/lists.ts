import type { Written } from './written.ts'

export type ListsFunction = 'distinct' | 'sortBy' | 'element' | 'contains' | 'list'

/** Lists. */
export const lists: Readonly<Record<ListsFunction, Written>> = {
  distinct: {
    text: `/** Each value once, the first of equal ones. */
function distinct<Value>(values: readonly Value[]): Value[] {
  const seen = new Map<string, Value>()
  for (const value of values) {
    const key = JSON.stringify(value)
    if (!seen.has(key)) seen.set(key, value)
  }
  return [...seen.values()]
}`,
  },
  sortBy: {
    text: `/** In ascending order of a key; equal keys keep their order. */
function sortBy<Item, Key extends number | string>(items: readonly Item[], keyOf: (item: Item) => Key): Item[] {
  const keyed = items.map((item) => ({ item, key: keyOf(item) }))
  const order = (one: Key, other: Key): number => (one < other ? -1 : Number(one > other))
  return keyed.sort((one, other) => order(one.key, other.key)).map(({ item }) => item)
}`,
  },
  element: {
    needs: ['at', 'field'],
    text: `/** An element of a list or a field of an object whose form is not known. */
function element(data: unknown, key: unknown): unknown {
  return Array.isArray(data) ? at<unknown>(data, Number(key)) : field(data, String(key))
}`,
  },
  contains: {
    needs: ['equals'],
    text: `/** Whether a list has an element, or an object a key. */
function contains(data: unknown, value: unknown): boolean {
  if (Array.isArray(data)) return data.some((item) => equals(item, value))
  if (typeof data !== 'object' || data === null) throw new TypeError('only a list or an object contains something')
  return Object.hasOwn(data, String(value))
}`,
  },
  list: {
    text: `/** The elements of a list, or the keys of an object. */
function list(data: unknown): readonly unknown[] {
  if (Array.isArray(data)) return data
  if (typeof data !== 'object' || data === null) throw new TypeError('expected a list')
  return Object.keys(data)
}`,
  },
}
