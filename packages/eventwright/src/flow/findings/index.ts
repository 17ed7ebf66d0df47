export { CODES, type Code, type Level } from './codes.ts'
export * from './finding.ts'
export { FORMATS, type Format, formatFindings } from './format.ts'
export { suppress } from './suppress.ts'
