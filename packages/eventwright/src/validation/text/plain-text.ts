import { DEEPEST } from './json-text.ts'

/**
 * True where `JSON.parse` certainly gave all that stands in a text: no key is there twice, no number lost digits, no
 * escape says half a surrogate pair or U+0000, and it is not nested too deep. False means: look at the text.
 *
 * The quick way: a text that is exactly as long as its value needs at least has room for nothing else.
 */
export function isPlainText(text: string, value: unknown): boolean {
  const needed = shortest(value, 0)
  if (needed === text.length) return true
  if (UNCERTAIN.test(text)) return false
  return keysIn(text) === keysOf(value, 0)
}

/** An escape that may say U+0000 or a surrogate, and a key that is not counted by `":`. */
const UNCERTAIN = /\\u(?:0000|[dD][89a-fA-F])|"\s+:/

/** The length of the shortest JSON text of a value; NaN where that is not known. */
function shortest(value: unknown, depth: number): number {
  if (typeof value === 'string') return value.length + 2
  if (typeof value === 'number') return shortestNumber(value)
  if (typeof value === 'boolean') return value ? 4 : 5
  if (value === null) return 4
  if (typeof value !== 'object' || depth >= DEEPEST) return Number.NaN
  return Array.isArray(value) ? shortestList(value, depth) : shortestObject(value, depth)
}

function shortestList(list: readonly unknown[], depth: number): number {
  let length = list.length === 0 ? 2 : 1 + list.length
  for (const element of list) length += shortest(element, depth + 1)
  return length
}

function shortestObject(object: object, depth: number): number {
  const members = object as { readonly [key: string]: unknown }
  let length = 1
  for (const key in members) {
    const member = members[key]
    length += key.length + 4 + (typeof member === 'string' ? member.length + 2 : shortest(member, depth + 1))
  }
  return length === 1 ? 2 : length
}

/** As JavaScript writes it, where no exponent is shorter than that. */
function shortestNumber(value: number): number {
  if (Number.isSafeInteger(value)) {
    if (value >= 0 && value < 10) return 1
    return value % 1000 === 0 ? Number.NaN : digitsOf(value)
  }
  const isPlainFraction = Number.isFinite(value) && Math.abs(value) >= 0.01 && value % 1 !== 0
  return isPlainFraction ? String(value).length : Number.NaN
}

function digitsOf(value: number): number {
  if (value < 0) return 1 + digitsOf(-value)
  let digits = 1
  for (let bound = 10; value >= bound; bound *= 10) digits++
  return digits
}

/** How many keys there are at all depths; NaN where a number or the nesting must be looked at in the text. */
function keysOf(value: unknown, depth: number): number {
  if (typeof value === 'number') return isCertain(value) ? 0 : Number.NaN
  if (typeof value !== 'object' || value === null) return 0
  if (depth >= DEEPEST) return Number.NaN
  let count = 0
  for (const member of Object.values(value)) count += keysOf(member, depth + 1)
  return Array.isArray(value) ? count : count + Object.keys(value).length
}

/** Neither a whole number that may have lost digits, nor one beyond all numbers. */
function isCertain(value: number): boolean {
  return Number.isSafeInteger(value) || (Number.isFinite(value) && value % 1 !== 0)
}

/** Never less than there are keys: `":` may stand inside a text too. */
function keysIn(text: string): number {
  let count = 0
  for (let at = text.indexOf('":'); at >= 0; at = text.indexOf('":', at + 2)) count++
  return count
}
