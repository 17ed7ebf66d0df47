import type { Sources } from '../../findings/index.ts'
import { CODES } from './codes.ts'
import { type Finding, finding } from './finding.ts'

type Suppression = {
  file: string
  /** The line that it speaks of. */
  line: number
  /** Where the comment itself stands: a fault of the suppression is shown there. */
  at: { line: number; column: number; length: number }
  code: string
  reason: string
}

const COMMENT = /#\s*eventwright: allow ([A-Za-z0-9-]+)(?:\s+because\s+(.*))?\s*$/

/**
 * Applies the suppressions of the files: `# eventwright: allow CODE because REASON`, at the end of the line of the
 * finding or on a line of its own right above. What cannot be read (`broken`) cannot be suppressed.
 */
export function suppress(findings: readonly Finding[], sources: Sources): Finding[] {
  const suppressions = [...sources].flatMap(([file, text]) => suppressionsOf(file, text))
  const used = new Set<Suppression>()
  const result = findings.map((found) => {
    const match = suppressions.find((s) => applies(s, found))
    if (match === undefined || match.reason === '') return found
    used.add(match)
    return { ...found, suppressed: match.reason }
  })
  return [...result, ...suppressions.filter((s) => !used.has(s)).map(faultOf)]
}

function applies(suppression: Suppression, found: Finding): boolean {
  return (
    found.level !== 'broken' &&
    suppression.code === found.code &&
    suppression.file === found.place.file &&
    suppression.line === found.place.line
  )
}

function suppressionsOf(file: string, text: string): Suppression[] {
  const lines = text.split(/\r?\n/)
  return lines.flatMap((line, index) => {
    const match = COMMENT.exec(line)
    if (match === null) return []
    const alone = line.trimStart().startsWith('#')
    return [
      {
        file,
        line: alone ? nextLine(lines, index) : index + 1,
        at: { line: index + 1, column: match.index + 1, length: match[0].trimEnd().length },
        code: match[1] ?? '',
        reason: (match[2] ?? '').trim(),
      },
    ]
  })
}

/** The line below, past further comments, so that suppressions can be stacked. */
function nextLine(lines: readonly string[], index: number): number {
  let next = index + 1
  while ((lines[next] ?? '').trimStart().startsWith('#')) next++
  return next + 1
}

function faultOf(s: Suppression): Finding {
  const place = { file: s.file, ...s.at }
  if (s.reason === '') {
    const mend = `Write \`# eventwright: allow ${s.code} because …\`.`
    return finding('suppression-without-reason', place, `The suppression of ${s.code} gives no reason.`, mend)
  }
  const known = Object.hasOwn(CODES, s.code)
  const message = known ? `Nothing here is a ${s.code}.` : `There is no code ${s.code}.`
  return finding('suppression-unused', place, message, 'Remove the comment.')
}
