export { CODES, type Code, type Level } from './codes.ts'
export * from './finding.ts'
export { suppress } from './suppress.ts'
