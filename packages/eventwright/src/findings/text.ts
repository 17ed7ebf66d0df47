import type { Finding, Sources } from './finding.ts'

/** Findings for people: place, code, the line with a caret, the reason, the mend. */
export function toText(findings: readonly Finding[], sources: Sources): string {
  return findings.map((found) => `${one(found, sources)}\n`).join('\n')
}

function one(found: Finding, sources: Sources): string {
  const { place } = found
  const head = `${place.file}:${place.line}:${place.column} ${found.level} ${found.code}`
  const lines = [
    `${head}\n  ${found.message}`,
    ...excerpt(found, sources),
    `  why:  ${found.why}`,
    `  mend: ${found.mend}`,
  ]
  if (found.suppressed !== undefined) lines.push(`  allowed: ${found.suppressed}`)
  return lines.join('\n')
}

function excerpt({ place, excerpt }: Finding, sources: Sources): string[] {
  const line = excerpt?.text ?? sources.get(place.file)?.split(/\r?\n/)[place.line - 1]
  const column = excerpt?.column ?? place.column
  if (line === undefined || line.trim() === '') return []
  const number = String(place.line)
  // A tab keeps its width under the line above.
  const before = line.slice(0, column - 1).replace(/[^\t]/g, ' ')
  const length = Math.max(1, Math.min(place.length, line.length - column + 1))
  return [`    ${number} | ${line}`, `    ${' '.repeat(number.length)} | ${before}${'^'.repeat(length)}`]
}
