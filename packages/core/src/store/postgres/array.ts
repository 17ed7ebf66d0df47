/** Arrays as PostgreSQL reads them: `pg` takes several times as long to write them. */
export function numbers(values: readonly (number | bigint)[]): string {
  return `{${values.join(',')}}`
}

const PLAIN = /^[A-Za-z0-9_:./-]+$/
const NULL = /^null$/i

export function texts(values: readonly (string | undefined)[]): string {
  return `{${values.map(element).join(',')}}`
}

function element(value: string | undefined): string {
  if (value === undefined) return 'NULL'
  if (PLAIN.test(value) && !NULL.test(value)) return value
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** JSON as it is written holds no line break outside of an escape, so lines keep texts apart. SQL: `lines('$1')`. */
export function jsonLines(values: readonly string[]): string {
  return values.join('\n')
}

export function lines(parameter: string): string {
  return `string_to_array(${parameter}::text, E'\\n')`
}

/** How the columns of rows are given to a statement. */
export interface Columns {
  numbers(values: readonly (number | bigint)[]): unknown
  texts(values: readonly (string | undefined)[]): unknown
  json(values: readonly string[]): unknown
  /** The rows as SQL has them. */
  rows(columns: readonly Column[], parameter: () => string): string
}

export type Column = 'bigint' | 'text' | 'json'

/** Any number of rows, by `unnest`. */
export const ARRAYS: Columns = {
  numbers,
  texts,
  json: jsonLines,
  rows: (columns, parameter) =>
    `unnest(${columns.map((column) => (column === 'json' ? lines(parameter()) : `${parameter()}::${column}[]`)).join(', ')})`,
}

/** One row, which takes the server half the time. */
export const ONE_ROW: Columns = {
  numbers: only,
  texts: only,
  json: only,
  rows: (columns, parameter) =>
    `(SELECT ${columns.map((column) => `${parameter()}::${column === 'json' ? 'text' : column}`).join(', ')})`,
}

function only(values: readonly unknown[]): unknown {
  return values[0]
}

/** $1, $2 and so on. */
export function parameters(): () => string {
  let count = 0
  return () => `$${++count}`
}
