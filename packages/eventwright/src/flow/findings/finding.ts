import type { Place } from '../model/index.ts'
import { CODES, type Code, type Level } from './codes.ts'

/** One finding in a flow file. */
export type Finding = {
  readonly code: Code
  readonly level: Level
  readonly place: Place
  /** What is wrong, in the words of the file. */
  readonly message: string
  /** Why that matters. */
  readonly why: string
  /** What to write instead. */
  readonly mend: string
  /** The reason of the suppression that hides it; such a finding does not count. */
  readonly suppressed?: string
}

/** The text of each file that was read, by the name used in places. */
export type Sources = ReadonlyMap<string, string>

/** A finding with level and reason from the table of codes. */
export function finding(code: Code, place: Place, message: string, mend: string): Finding {
  return { code, level: CODES[code].level, place, message, why: CODES[code].why, mend }
}

/** Collects findings while a file is read; of equal findings in one place it keeps the first. */
export type Report = {
  (code: Code, place: Place, message: string, mend: string): void
  readonly findings: readonly Finding[]
}

/** An empty report. */
export function createReport(): Report {
  const findings: Finding[] = []
  const seen = new Set<string>()
  const report = (code: Code, place: Place, message: string, mend: string): void => {
    const key = JSON.stringify([code, place.file, place.line, place.column, message])
    if (seen.has(key)) return
    seen.add(key)
    findings.push(finding(code, place, message, mend))
  }
  return Object.assign(report, { findings })
}

/** Sorted by file (in the order given), line and column. */
export function inOrder(findings: readonly Finding[], files: readonly string[]): Finding[] {
  const rank = (place: Place): number => files.indexOf(place.file)
  return [...findings].sort(
    (a, b) =>
      rank(a.place) - rank(b.place) ||
      a.place.line - b.place.line ||
      a.place.column - b.place.column ||
      a.code.localeCompare(b.code),
  )
}
