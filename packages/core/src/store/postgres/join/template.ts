/**
 * A statement with `$1` values as the tag of a template gets it: for clients that take nothing else.
 *
 * @example
 * tx.execute(sql(...template('SELECT $1::int + $1::int', [1]))) // as sql`SELECT ${1}::int + ${1}::int`
 */
export function template(text: string, values: readonly unknown[]): [TemplateStringsArray, ...unknown[]] {
  const parts = text.split(/\$(\d+)/)
  const strings = parts.filter((_, index) => index % 2 === 0)
  const used = parts.filter((_, index) => index % 2 === 1).map((number) => values[Number(number) - 1])
  return [Object.assign(strings, { raw: strings }), ...used]
}
