import type { Written } from './written.ts'

export type ValuesFunction =
  | 'present'
  | 'equals'
  | 'at'
  | 'field'
  | 'hasField'
  | 'text'
  | 'printed'
  | 'truth'
  | 'lengthOf'
  | 'compare'
  | 'calculate'

/** What is there, equal or of a kind. */
export const values: Readonly<Record<ValuesFunction, Written>> = {
  present: {
    text: `/** What must be there by now. */
function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new TypeError('a value that must be there is absent')
  return value
}`,
  },
  equals: {
    text: `/** Equal all the way down. */
function equals(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other
  if (Array.isArray(one) !== Array.isArray(other)) return false
  const left = Object.entries(one).filter(([, value]) => value !== undefined)
  const right = new Map<string, unknown>(Object.entries(other).filter(([, value]) => value !== undefined))
  return left.length === right.size && left.every(([key, value]) => right.has(key) && equals(value, right.get(key)))
}`,
  },
  at: {
    text: `/** An element of a list. */
function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index]
  if (item === undefined) throw new RangeError(\`there is no element \${index}\`)
  return item
}`,
  },
  field: {
    text: `/** A field of data whose form is not known. */
function field(data: unknown, name: string): unknown {
  const value: unknown = typeof data === 'object' && data !== null && Object.hasOwn(data, name) ? Reflect.get(data, name) : undefined
  if (value === undefined) throw new TypeError(\`there is no field \${name}\`)
  return value
}`,
  },
  hasField: {
    text: `/** Whether data whose form is not known has a field. */
function hasField(data: unknown, name: string): boolean {
  return typeof data === 'object' && data !== null && Object.hasOwn(data, name) && Reflect.get(data, name) !== undefined
}`,
  },
  text: {
    text: `function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('expected a text')
  return value
}`,
  },
  printed: {
    text: `/** A plain value as a text. */
function printed(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw new TypeError('only a plain value has a text')
}`,
  },
  truth: {
    text: `function truth(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new TypeError('expected true or false')
  return value
}`,
  },
  lengthOf: {
    text: `/** How many characters, elements or keys there are. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string') return [...value].length
  if (typeof value !== 'object' || value === null) throw new TypeError('expected a text, a list or an object')
  return Array.isArray(value) ? value.length : Object.keys(value).length
}`,
  },
  compare: {
    text: `/** Below 0, 0 or above it: the order of two numbers, texts or truths whose form is not known. */
function compare(one: unknown, other: unknown): number {
  if (typeof one !== typeof other || typeof one === 'object' || one === undefined || other === undefined) throw new TypeError('these cannot be compared')
  const [left, right] = typeof one === 'number' ? [one, Number(other)] : [String(one), String(other)]
  return left < right ? -1 : Number(left > right)
}`,
  },
  calculate: {
    needs: ['whole'],
    text: `/** Calculates with values whose form is not known: whole numbers, others, texts and lists among themselves. */
function calculate(one: unknown, operator: '+' | '-' | '*' | '/' | '%', other: unknown): unknown {
  if (operator === '+' && typeof one === 'string' && typeof other === 'string') return one + other
  if (operator === '+' && Array.isArray(one) && Array.isArray(other)) return [...one, ...other]
  if (typeof one !== 'number' || typeof other !== 'number') throw new TypeError('expected two numbers')
  if (Number.isInteger(one) !== Number.isInteger(other)) throw new TypeError('a whole number and another one')
  const results = { '+': one + other, '-': one - other, '*': one * other, '/': one / other, '%': one % other }
  return Number.isInteger(one) ? whole(Math.trunc(results[operator])) : results[operator]
}`,
  },
}
