import process from 'node:process'
import { styleText } from 'node:util'

type Format = Parameters<typeof styleText>[0]

/** Text in colour where standard output shows colours (a terminal, and `NO_COLOR` not set). */
export function paint(format: Format, text: string): string {
  return styleText(format, text, { stream: process.stdout, validateStream: true })
}

/** Text padded to a width, cut with `…` where it is longer. */
export function cell(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width)
}
