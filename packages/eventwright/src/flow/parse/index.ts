export { FlowFileError } from './errors.ts'
export { type LoadedFlow, loadFlow } from './load.ts'
export { SIZE_LIMIT } from './read-files.ts'
