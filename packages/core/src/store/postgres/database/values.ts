import { type CustomTypesConfig, types } from 'pg'

/**
 * How columns are read, whatever the program has told `pg` globally: int8 as numbers, JSON as its text. Others as `pg`
 * reads them.
 */
export const VALUES: CustomTypesConfig = { getTypeParser: parserOf }

const INT8 = 20
const INT8_ARRAY = 1016
const JSON_TYPES = [114, 3802]

const parserOfPg: (oid: number, format?: 'text' | 'binary') => (text: string) => unknown = types.getTypeParser

function parserOf(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
  if (format === 'binary') return parserOfPg(oid, format)
  if (oid === INT8) return whole
  if (oid === INT8_ARRAY) return wholes
  if (JSON_TYPES.includes(oid)) return (text) => text
  return parserOfPg(oid, format)
}

function whole(text: string): number {
  return checkWhole(Number(text))
}

/** A number that JavaScript would round is not given out as another one. @throws RangeError */
export function checkWhole(value: number): number {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is beyond 2^53, which no position reaches`)
  return value
}

function wholes(text: string): readonly (number | null)[] {
  const inner = text.slice(1, -1)
  return inner === '' ? [] : inner.split(',').map((item) => (item === 'NULL' ? null : whole(item)))
}
