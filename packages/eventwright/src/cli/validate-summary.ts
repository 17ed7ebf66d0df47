import type { Summary } from '../validation/index.ts'

/** Types that are listed; the others are counted in one line. */
const MOST = 40

/** What a validation came to: a line for each type, and one for all. */
export function summaryText(
  { events, bad, types, stopped }: Summary,
  files: number,
  unprinted: number,
): string {
  const shown = types.slice(0, MOST)
  const rest = types.slice(MOST)
  const rows = shown.map(({ type, events, bad }) => [type, counted(events), counted(bad)])
  if (rest.length > 0)
    rows.push([`(${rest.length} more types)`, counted(sum(rest, 'events')), counted(sum(rest, 'bad'))])
  const table = rows.length === 0 ? [] : aligned([['type', 'events', 'bad'], ...rows])
  const many = [
    `${counted(events)} event${events === 1 ? '' : 's'} in ${counted(files)} file${files === 1 ? '' : 's'}: ${bad === 0 ? 'none' : counted(bad)} bad.`,
    ...(stopped ? ['Stopped at the first finding.'] : []),
    ...(unprinted > 0
      ? [`${counted(unprinted)} more finding${unprinted === 1 ? '' : 's'}, not printed (--max 0 prints all).`]
      : []),
  ]
  return `${[...table, many.join(' ')].join('\n')}\n`
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
