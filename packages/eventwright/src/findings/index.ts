/** Findings: what is wrong where in a file, why that matters, how to mend it; and the formats to print them in. */
export { type Codes, type Finding, inOrder, type Level, type Sources } from './finding.ts'
export { FORMATS, type Format, formatFindings } from './format.ts'
export { nearest, suggestion } from './nearest.ts'
export type { Place } from './place.ts'
export { printable, printableJson, printableLines, printableMessage } from './printable.ts'
export { createReport, type Report } from './report.ts'
