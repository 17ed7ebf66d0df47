import type { Summary } from '../validation/index.ts'

/** Types that are listed; the others are counted in one line. */
const MOST = 40
/** As much of a type as is shown. */
const WIDEST = 100

/** What the findings came to; `printable` takes the signs out of a type that a terminal obeys. */
type Around = {
  readonly found: number
  readonly unprinted: number
  readonly printable: (text: string) => string
}

/** What a validation came to: a line for each type, and one for all. */
export function summaryText(
  { events, bad, types, stopped }: Summary,
  files: number,
  { found, unprinted, printable }: Around,
): string {
  const shown = types.slice(0, MOST)
  const rest = types.slice(MOST)
  const rows = shown.map(({ type, events, bad }) => [
    printable(type.length > WIDEST ? `${type.slice(0, WIDEST - 1)}…` : type),
    counted(events),
    counted(bad),
  ])
  if (rest.length > 0)
    rows.push([`(${rest.length} more types)`, counted(sum(rest, 'events')), counted(sum(rest, 'bad'))])
  const table = rows.length === 0 ? [] : aligned([['type', 'events', 'bad'], ...rows])
  const many = [
    `${counted(events)} event${events === 1 ? '' : 's'} in ${counted(files)} file${files === 1 ? '' : 's'}: ${verdict(events, bad, found)}.`,
    ...(stopped ? ['Stopped at the first finding.'] : []),
    ...(unprinted > 0
      ? [`${counted(unprinted)} more finding${unprinted === 1 ? '' : 's'}, not printed (--max 0 prints all).`]
      : []),
  ]
  return `${[...table, many.join(' ')].join('\n')}\n`
}

/** Findings may be about a file, in which no event is bad. */
function verdict(events: number, bad: number, found: number): string {
  if (events === 0) return 'nothing was checked'
  if (bad > 0) return `${counted(bad)} bad`
  return found === 0 ? 'none bad' : `none bad, but ${counted(found)} finding${found === 1 ? '' : 's'}`
}

function sum(types: Summary['types'], of: 'events' | 'bad'): number {
  return types.reduce((total, type) => total + type[of], 0)
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map(([type = '', ...numbers]) => {
    const cells = numbers.map((cell, index) => cell.padStart(widths[index + 1] ?? 0))
    return `${type.padEnd(widths[0] ?? 0)}  ${cells.join('  ')}`
  })
}

function counted(count: number): string {
  return count.toLocaleString('en')
}
