import * as findings from '../../findings/index.ts'
import type { Place } from '../model/index.ts'
import { CODES, type Code } from './codes.ts'

/** One finding in a flow file. */
export type Finding = findings.Finding<Code>

/** Collects findings while a flow file is read; of equal findings in one place it keeps the first. */
export type Report = findings.Report<Code>

/** A finding with level and reason from the table of codes. */
export function finding(code: Code, place: Place, message: string, mend: string): Finding {
  return { code, level: CODES[code].level, place, message, why: CODES[code].why, mend }
}

/** An empty report. */
export function createReport(): Report {
  return findings.createReport(CODES)
}
