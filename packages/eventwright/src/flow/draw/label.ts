const LONGEST = 100
/** Mermaid's own marks for what it has decoded already: letters for Unicode, not for a label. */
const PLAIN = /^[\p{L}\p{M}\p{N} _.,()/-]$/u
const MARKS = 'ﬂß¶°'

/**
 * A text as Mermaid shows it, whatever it holds: what could mean something to Mermaid, Markdown or HTML is written as
 * an entity (`#59;`), a line break as a blank, and what is longer than a hundred characters ends in `…`.
 */
export function label(text: string): string {
  const line = text
    .toWellFormed()
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
  const characters = [...line]
  if (characters.length === 0) return entity('–')
  const shown = characters.length > LONGEST ? [...characters.slice(0, LONGEST - 1), '…'] : characters
  return shown.map((one) => (PLAIN.test(one) && !MARKS.includes(one) ? one : entity(one))).join('')
}

/** Several texts, one below the other. */
export function lines(texts: readonly string[]): string {
  return texts.map(label).join('<br/>')
}

function entity(character: string): string {
  return `#${character.codePointAt(0)};`
}
