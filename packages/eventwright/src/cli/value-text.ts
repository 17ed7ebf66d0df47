import { printable } from '../findings/index.ts'

const WIDEST = 60

/** A value as JSON on one line, cut where it is long; `-` where there is none. */
export function valueText(value: unknown): string {
  if (value === undefined) return '-'
  const text = printable(JSON.stringify(value))
  return text.length <= WIDEST ? text : `${text.slice(0, WIDEST - 1)}…`
}
