import type { Codes, Finding } from './finding.ts'
import type { Place } from './place.ts'

/** Collects findings while a file is read; of equal findings in one place it keeps the first. */
export type Report<Code extends string = string> = {
  (code: Code, place: Place, message: string, mend: string): void
  readonly findings: readonly Finding<Code>[]
}

/** An empty report, which takes level and reason from the table of codes. */
export function createReport<Code extends string>(codes: Codes<Code>): Report<Code> {
  const findings: Finding<Code>[] = []
  const seen = new Set<string>()
  const report = (code: Code, place: Place, message: string, mend: string): void => {
    const key = JSON.stringify([code, place.file, place.line, place.column, message])
    if (seen.has(key)) return
    seen.add(key)
    findings.push({ code, level: codes[code].level, place, message, why: codes[code].why, mend })
  }
  return Object.assign(report, { findings })
}
