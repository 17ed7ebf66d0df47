/** The names of these functions. */
export type FunctionName =
  | 'whole'
  | 'finite'
  | 'present'
  | 'sum'
  | 'total'
  | 'smallest'
  | 'greatest'
  | 'distinct'
  | 'sortBy'
  | 'equals'
  | 'at'
  | 'field'
  | 'hasField'
  | 'element'
  | 'contains'
  | 'list'
  | 'text'
  | 'printed'
  | 'truth'
  | 'lengthOf'
  | 'compare'
  | 'calculate'
  | 'and'
  | 'or'
  | 'some'
  | 'every'
  | 'substring'
  | 'position'
  | 'split'
  | 'wholeOf'
  | 'numberOf'
  | 'truthOf'
  | 'timeOf'
  | 'durationOf'
  | 'changed'
  | 'zoned'
  | 'dayOfYear'

/** A function, and those that it calls. */
interface Written {
  readonly text: string
  readonly needs?: readonly FunctionName[]
}

/**
 * Functions that expressions may need, each as a person would write it at the foot of a file. They say what CEL says
 * where TypeScript says something else: what is not there fails, whole numbers stay whole.
 */
export const FUNCTIONS: Readonly<Record<FunctionName, Written>> = {
  whole: {
    text: `/** A whole number that a number holds exactly; fails beyond 2^53, and where a division has none. */
function whole(value: number): number {
  if (!Number.isSafeInteger(value)) throw new RangeError(\`\${value} is no whole number that can be kept exactly\`)
  return value
}`,
  },
  finite: {
    text: `/** A number that JSON holds. */
function finite(value: number): number {
  if (!Number.isFinite(value)) throw new RangeError(\`\${value} has no form in JSON\`)
  return value
}`,
  },
  present: {
    text: `/** What must be there by now. */
function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new TypeError('a value that must be there is absent')
  return value
}`,
  },
  sum: {
    needs: ['whole'],
    text: `function sum(values: readonly number[]): number {
  return values.reduce((total, value) => whole(total + value), 0)
}`,
  },
  total: {
    text: `function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}`,
  },
  smallest: {
    text: `function smallest<Value extends number | string>(values: readonly Value[]): Value {
  const [first, ...rest] = values
  if (first === undefined) throw new RangeError('an empty list has no smallest element')
  return rest.reduce((least, value) => (value < least ? value : least), first)
}`,
  },
  greatest: {
    text: `function greatest<Value extends number | string>(values: readonly Value[]): Value {
  const [first, ...rest] = values
  if (first === undefined) throw new RangeError('an empty list has no greatest element')
  return rest.reduce((most, value) => (value > most ? value : most), first)
}`,
  },
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
  and: {
    text: `/** What fails on the left does not matter where the right side is false. */
function and(left: () => boolean, right: () => boolean): boolean {
  try {
    if (!left()) return false
  } catch (error) {
    if (!right()) return false
    throw error
  }
  return right()
}`,
  },
  or: {
    text: `/** What fails on the left does not matter where the right side is true. */
function or(left: () => boolean, right: () => boolean): boolean {
  try {
    if (left()) return true
  } catch (error) {
    if (right()) return true
    throw error
  }
  return right()
}`,
  },
  some: {
    needs: ['or'],
    text: `/** Whether the condition holds for one of them; where it fails for others does not matter then. */
function some<Item>(items: readonly Item[], holds: (item: Item) => boolean): boolean {
  const [first, ...rest] = items
  return first === undefined ? false : or(() => holds(first), () => some(rest, holds))
}`,
  },
  every: {
    needs: ['and'],
    text: `/** Whether the condition holds for all of them; where it fails does not matter once it does not hold for one. */
function every<Item>(items: readonly Item[], holds: (item: Item) => boolean): boolean {
  const [first, ...rest] = items
  return first === undefined ? true : and(() => holds(first), () => every(rest, holds))
}`,
  },
  substring: {
    text: `function substring(text: string, start: number, end: number = text.length): string {
  if (start < 0 || start > end || end > text.length) throw new RangeError('the text has no such part')
  return text.substring(start, end)
}`,
  },
  position: {
    text: `/** Where a part is found from a place on, -1 where it is not. */
function position(text: string, part: string, from: number, find: 'indexOf' | 'lastIndexOf'): number {
  if (part === '') return from
  if (from < 0 || from >= text.length) throw new RangeError('the text has no such place')
  return text[find](part, from)
}`,
  },
  split: {
    text: `/** The parts of a text, at most so many: the last one has the rest. */
function split(text: string, separator: string, limit: number): string[] {
  if (limit === 0) return []
  const parts = text.split(separator)
  return limit < 0 || parts.length <= limit ? parts : [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)]
}`,
  },
  wholeOf: {
    needs: ['whole'],
    text: `/** The whole number that a text says. */
function wholeOf(text: string): number {
  if (text !== text.trim() || text.length > 20 || text.includes('0x')) throw new TypeError('the text is no whole number')
  return whole(Number(BigInt(text)))
}`,
  },
  numberOf: {
    text: `/** The number that a text says. */
function numberOf(text: string): number {
  const number = Number(text)
  if (text === '' || text !== text.trim() || Number.isNaN(number)) throw new TypeError('the text is no number')
  return number
}`,
  },
  truthOf: {
    text: `/** The truth that a text says. */
function truthOf(text: string): boolean {
  if (['1', 't', 'true', 'TRUE', 'True'].includes(text)) return true
  if (['0', 'f', 'false', 'FALSE', 'False'].includes(text)) return false
  throw new TypeError('the text says neither true nor false')
}`,
  },
  timeOf: {
    text: `/** Milliseconds since 1970 of an ISO 8601 text, in the years 1 to 9999. */
function timeOf(text: string): number {
  const time = text.length < 20 || text.length > 30 ? Number.NaN : Date.parse(text)
  if (!(time >= -62_135_596_800_000 && time <= 253_402_300_799_999)) throw new RangeError('the text is no time')
  return time
}`,
  },
  durationOf: {
    text: `/** Milliseconds of a text such as 1h30m, -1.5s or 300ms. */
function durationOf(text: string): number {
  const units = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
  const parts = [...text.replace(/^[-+]/, '').matchAll(/(\\d*\\.?\\d*)(ns|us|µs|ms|s|m|h)/gy)]
  const length = parts.reduce((sum, [part]) => sum + part.length, /^[-+]/.test(text) ? 1 : 0)
  if (parts.length === 0 || length !== text.length) throw new TypeError('the text is no duration')
  const time = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * units[unit as keyof typeof units], 0)
  return text.startsWith('-') ? -time : time
}`,
  },
  changed: {
    text: `/** An older payload with what differs; of \`known\` fields only, where they are said. */
function changed(old: unknown, differing: object, known?: readonly string[]): object {
  const entries = Object.entries({ ...(typeof old === 'object' ? old : {}), ...differing })
  return Object.fromEntries(entries.filter(([name]) => known?.includes(name) ?? true))
}`,
  },
  zoned: {
    text: `/** The same wall clock in UTC as a time has in a time zone. */
function zoned(time: number, zone: string): Date {
  const shown = new Date(time).toLocaleString('en-US', { timeZone: zone })
  return new Date(\`\${shown} UTC\`)
}`,
  },
  dayOfYear: {
    text: `/** 0 on the first of January. */
function dayOfYear(date: Date): number {
  const start = Date.UTC(date.getUTCFullYear(), 0, 1)
  return Math.floor((date.getTime() - start) / 86_400_000)
}`,
  },
}

/** The texts of functions and of what they need, in the order of the table. */
export function functionTexts(used: ReadonlySet<string>): readonly string[] {
  const all = new Set(used)
  // What is added while the set is walked is walked as well.
  for (const name of all) {
    if (isFunction(name)) for (const need of FUNCTIONS[name].needs ?? []) all.add(need)
  }
  return Object.entries(FUNCTIONS).flatMap(([name, { text }]) => (all.has(name) ? [text] : []))
}

function isFunction(name: string): name is FunctionName {
  return Object.hasOwn(FUNCTIONS, name)
}
