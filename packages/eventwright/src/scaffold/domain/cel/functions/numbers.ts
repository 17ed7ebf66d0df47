import type { Written } from './written.ts'

export type NumbersFunction = 'whole' | 'finite' | 'sum' | 'total' | 'smallest' | 'greatest'

/** Whole numbers and numbers, alone and in lists. */
export const numbers: Readonly<Record<NumbersFunction, Written>> = {
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
}
