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
