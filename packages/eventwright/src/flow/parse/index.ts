export { durationMs } from './duration.ts'
export { FlowFileError } from './errors.ts'
export { type LoadedFlow, loadFlow } from './load.ts'
export { SIZE_LIMIT } from './read-files.ts'
export {
  at,
  dataOf,
  type Entry,
  entriesOf,
  itemsOf,
  parseTree,
  type Tree,
  type TreeReport,
  textOf,
} from './tree.ts'
