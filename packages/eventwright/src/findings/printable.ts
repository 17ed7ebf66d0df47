// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal obeys them
const CONTROLS = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

/** As long as a message gets: what it quotes may be megabytes. */
const LONGEST = 1000

/** A text of the input with a sign in place of each character that a terminal obeys; as long as before. */
export function printable(text: string): string {
  return text.replace(CONTROLS, (char) => {
    const code = char.charCodeAt(0)
    if (code < 32) return String.fromCharCode(0x2400 + code)
    return code === 127 ? '\u2421' : '\uFFFD'
  })
}

/** What is said about an input, on one line and of a length that can be read. */
export function printableMessage(text: string): string {
  const shown = text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`
  return printable(shown)
}

/** A text of several lines, each printable; tabs stay. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n')
}

/**
 * A value as JSON, on one line or indented, with what a terminal obeys written as JSON escapes: it reads back the same.
 */
export function printableJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, undefined, indent) ?? 'null'
  // A line break outside of a string is one of the indentation.
  return text.replace(CONTROLS, (char) =>
    char === '\n' ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
