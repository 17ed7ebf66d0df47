/**
 * The flow file: read, checked, compiled and run. A flow that is loaded without errors is plain, resolved data; see
 * `Flow`.
 */
export {
  type CompiledExpression,
  compileExpression,
  ExpressionError,
  type ExpressionScope,
} from './cel/index.ts'
export { type Checked, type Coverage, type Covered, checkFlow, coverageOf } from './check/index.ts'
export * from './compile/index.ts'
export * from './draw/index.ts'
export {
  CODES,
  type Code,
  type Finding,
  FORMATS,
  type Format,
  formatFindings,
  type Level,
  type Sources,
} from './findings/index.ts'
export * from './load/index.ts'
export * from './model/index.ts'
export {
  at,
  dataOf,
  durationMs,
  type Entry,
  entriesOf,
  FlowFileError,
  itemsOf,
  type LoadedFlow,
  loadFlow,
  parseTree,
  SIZE_LIMIT,
  type Tree,
  type TreeReport,
  textOf,
} from './parse/index.ts'
export * from './run/index.ts'
export {
  type KeyReference,
  type KnownNames,
  keyReference,
  namesOf,
  SCHEMA_PATH,
  schemaOfFlowFile,
  writeFlowSchema,
} from './schema/index.ts'
