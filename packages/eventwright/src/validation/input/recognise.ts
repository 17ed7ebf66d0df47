/** How an input is read. */
export type Kind = 'lines' | 'values' | 'yaml' | 'empty'

/** As many bytes of the beginning as are enough to tell. */
export const HEAD = 65_536

/**
 * Tells the kind of an input by its first bytes; its name decides only where they could be either. `complete`: there
 * is no more than these.
 */
export function recognise(head: Buffer, name: string, complete: boolean): Kind {
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

/** A first line of garbage with objects below it; or events with something before them (a key, a time), one a line. */
function holdsLines(text: string): boolean {
  const lines = text.split(/\r?\n/).slice(0, 4)
  return lines.some(
    (line, index) => (index > 0 && line.startsWith('{') && isJson(line)) || endsWithEvent(line),
  )
}

function endsWithEvent(line: string): boolean {
  const start = line.indexOf('{')
  // In YAML an event may stand behind `- ` and `--- `.
  return (
    start > 0 &&
    !/^[\s-]*$/.test(line.slice(0, start)) &&
    /"specversion"/.test(line) &&
    isJson(line.slice(start))
  )
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
