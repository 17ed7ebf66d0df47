import type { Written } from './written.ts'

export type TextsFunction = 'substring' | 'position' | 'split' | 'wholeOf' | 'numberOf' | 'truthOf'

/** Texts, and what they spell. */
export const texts: Readonly<Record<TextsFunction, Written>> = {
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
}
