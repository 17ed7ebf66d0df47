export {
  FORMATS,
  type Format,
  formatFindings,
  inOrder,
  type Level,
  type Sources,
} from '../../findings/index.ts'
export { CODES, type Code } from './codes.ts'
export * from './finding.ts'
export { suppress } from './suppress.ts'
