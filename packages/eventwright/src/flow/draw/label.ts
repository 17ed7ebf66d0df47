const LONGEST = 100
const PLAIN = /^[\p{L}\p{M}\p{N} _.,()/-]$/u
/** Turns the text that follows round, the diagram's own too. */
const DIRECTION = /[\u202a-\u202e\u2066-\u2069]/g
/** Markdown's emphasis; inside a word it is none. */
const EMPHASIS = /(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu

/**
 * A text as Mermaid shows it, whatever it holds: what could mean something to Mermaid, Markdown or HTML is written as
 * an entity (`#59;`), a line break as a blank, and what is longer than a hundred characters ends in `…`.
 */
export function label(text: string): string {
  const line = text
    .toWellFormed()
    .replace(DIRECTION, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replaceAll('ﬂ', 'fl') // the ligature is Mermaid's own mark for an entity
    .trim()
  const characters = [...(line === '' ? '–' : line)]
  const shown = characters.length > LONGEST ? [...characters.slice(0, LONGEST - 1), '…'] : characters
  const escaped = shown.map((one) => (PLAIN.test(one) ? one : entity(one))).join('')
  return escaped.replace(EMPHASIS, entity)
}

/** Several texts, one below the other. */
export function lines(texts: readonly string[]): string {
  return texts.map(label).join('<br/>')
}

function entity(character: string): string {
  return `#${character.codePointAt(0)};`
}
