/** How an input is read. */
export type Kind = 'lines' | 'values' | 'yaml' | 'empty' | 'utf16'

/** As many bytes of the beginning as are enough to tell. */
export const HEAD = 65_536

/**
 * Tells the kind of an input by its first bytes; its name decides only where they could be either. `complete`: there
 * is no more than these.
 */
export function recognise(head: Buffer, name: string, complete: boolean): Kind {
  if (isUtf16(head)) return 'utf16'
  const text = head.toString().replace(/^\uFEFF/, '')
  const trimmed = text.trimStart()
  if (trimmed === '' && complete) return 'empty'
  const plainName = name.replace(/\.gz$/i, '')
  if (/\.ya?ml$/i.test(plainName)) return 'yaml'
  if (/\.(ndjson|jsonl)$/i.test(plainName)) return 'lines'
  if (trimmed.startsWith('[')) return 'values'
  if (trimmed.startsWith('{')) return isOneALine(trimmed, complete) ? 'lines' : 'values'
  if (/\.json$/i.test(plainName)) return 'values'
  return holdsLines(trimmed) ? 'lines' : 'yaml'
}

function isUtf16(head: Buffer): boolean {
  const mark = head.readUInt16BE.bind(head)
  if (head.length < 2) return false
  return (
    mark(0) === 0xfffe ||
    mark(0) === 0xfeff ||
    (head[0] === 0 && head[1] !== 0) ||
    (head[0] !== 0 && head[1] === 0)
  )
}

/** One value a line, even if the first line is broken; else a value over several lines. */
function isOneALine(text: string, complete: boolean): boolean {
  const [first = '', ...rest] = text.split(/\r?\n/)
  if (isJson(first)) return true
  const isWhole = rest.length > 0 || complete
  if (!isWhole) return true // longer than the head: a value over several lines would have broken it by now
  if (/[[{,:]\s*$/.test(first)) return false
  const second = rest.find((line) => line.trim() !== '')
  return second === undefined ? first.trim() !== '{' : /^\s*\{/.test(second)
}

/** A first line of garbage, with objects below it. */
function holdsLines(text: string): boolean {
  return text
    .split(/\r?\n/)
    .slice(1, 4)
    .some((line) => line.startsWith('{') && isJson(line))
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
