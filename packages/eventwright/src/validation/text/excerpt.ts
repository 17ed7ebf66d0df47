import { printable } from '../../findings/index.ts'

/** As much of a line as a terminal shows. */
const WIDEST = 96
const BEFORE = 40

/** A place in the part of a line that is shown of it. */
export type Excerpt = { readonly text: string; readonly column: number }

/** The part of a line around a place, cut where it is long; `column` is from 1. */
export function excerptOf(line: string, column: number): Excerpt {
  if (line.length <= WIDEST) return { text: printable(line), column }
  const from = Math.max(0, Math.min(column - 1 - BEFORE, line.length - WIDEST))
  const to = from + WIDEST
  const head = from > 0 ? '…' : ''
  return {
    text: `${head}${printable(line.slice(from, to))}${to < line.length ? '…' : ''}`,
    column: column - from + head.length,
  }
}

/** Line and column of an offset in a text that itself begins at a line and a column. */
export function placeIn(
  text: string,
  offset: number,
  start: { readonly line: number; readonly column: number },
): { readonly line: number; readonly column: number; readonly excerpt: Excerpt } {
  const from = text.lastIndexOf('\n', offset - 1) + 1
  const found = text.indexOf('\n', offset)
  const to = found < 0 ? text.length : found
  const shown = text.slice(from, text[to - 1] === '\r' ? to - 1 : to)
  const excerpt = excerptOf(shown, offset - from + 1)
  if (from === 0) return { line: start.line, column: start.column + offset, excerpt }
  let line = start.line
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++
  return { line, column: offset - from + 1, excerpt }
}
