/** A text as one word of a command line in a shell. */
export function shellWord(text: string): string {
  if (/^[\w@%+=:,./~-][\w@%+=:,./~#-]*$/.test(text)) return text
  // As a person would write it, unless the shell would read something in it.
  if (!/["$`\\!]/.test(text)) return `"${text}"`
  return `'${text.replaceAll("'", "'\\''")}'`
}
