/** A text or a name in quotes, in which nothing is a value; or a value. */
const QUOTED_OR_VALUE = /("(?:[^"]|"")*"|'(?:[^']|'')*')|\$(\d+)/g

/**
 * A statement with `$1` values as the tag of a template gets it: for clients that take nothing else.
 *
 * @example
 * tx.execute(sql(...template('SELECT $1::int + $1::int', [1]))) // as sql`SELECT ${1}::int + ${1}::int`
 */
export function template(text: string, values: readonly unknown[]): [TemplateStringsArray, ...unknown[]] {
  const strings: string[] = []
  const used: unknown[] = []
  let from = 0
  for (const { 0: found, 2: number, index } of text.matchAll(QUOTED_OR_VALUE)) {
    if (number === undefined) continue
    strings.push(text.slice(from, index))
    used.push(values[Number(number) - 1])
    from = index + found.length
  }
  strings.push(text.slice(from))
  return [Object.assign(strings, { raw: strings }), ...used]
}
