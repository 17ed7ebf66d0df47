import { createHash } from 'node:crypto'
import type { Finding } from './finding.ts'

/** GitLab's code quality report. The fingerprint leaves the line out, so that moved code is no new finding. */
export function toGitlab(findings: readonly Finding[]): string {
  const seen = new Map<string, number>()
  const issues = findings
    .filter((found) => found.suppressed === undefined)
    .map((found) => {
      const key = JSON.stringify([found.code, found.place.file, found.message])
      const nth = seen.get(key) ?? 0
      seen.set(key, nth + 1)
      return issue(found, createHash('sha256').update(`${key}${nth}`).digest('hex'))
    })
  return `${JSON.stringify(issues, null, 2)}\n`
}

const SEVERITY = { broken: 'blocker', error: 'major', warning: 'minor' } as const

function issue({ code, level, message, mend, place }: Finding, fingerprint: string): object {
  return {
    description: `${message} ${mend}`,
    check_name: code,
    fingerprint,
    severity: SEVERITY[level],
    location: { path: place.file, lines: { begin: place.line } },
  }
}
