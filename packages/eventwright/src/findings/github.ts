import type { Finding } from './finding.ts'

/** Workflow commands of GitHub Actions, which show up beside the line of a pull request. */
export function toGithub(findings: readonly Finding[]): string {
  return findings
    .filter((found) => found.suppressed === undefined)
    .map(one)
    .join('')
}

function one({ place, level, code, message, why, mend }: Finding): string {
  const properties = {
    file: place.file,
    line: place.line,
    col: place.column,
    endColumn: place.column + place.length,
    title: code,
  }
  const shown = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`)
  const kind = level === 'warning' ? 'warning' : 'error'
  return `::${kind} ${shown.join(',')}::${escapeData(`${message}\n${why}\n${mend}`)}\n`
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
