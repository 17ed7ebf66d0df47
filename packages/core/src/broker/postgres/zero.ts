/**
 * A text of PostgreSQL holds everything but U+0000, and a message may hold that too. It is written as U+0001 and a
 * digit, and so is U+0001 itself.
 */
export function withoutZero(text: string): string {
  if (!text.includes(ZERO) && !text.includes(ESCAPE)) return text
  return text.replaceAll(ESCAPE, `${ESCAPE}1`).replaceAll(ZERO, `${ESCAPE}0`)
}

export function withZero(text: string): string {
  if (!text.includes(ESCAPE)) return text
  return text.replaceAll(`${ESCAPE}0`, ZERO).replaceAll(`${ESCAPE}1`, ESCAPE)
}

const ZERO = '\u0000'
const ESCAPE = '\u0001'
