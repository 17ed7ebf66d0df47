export { foldOf, isSaga } from './at/fold.ts'
export { type Point, pointOf, rangeOf, timeOf } from './at/point.ts'
export {
  type Change,
  type Changes,
  changesBetween,
  type StateAt,
  stateAt,
  type Taken,
} from './at/state-at.ts'
export { codeOfModule } from './code/app-module.ts'
export { type Code, listed, type Part } from './code/code.ts'
export { codeOfFlow } from './code/flow-code.ts'
export { mendOf } from './dead/mend.ts'
export { type Verdict, verdictOf } from './dead/verdict.ts'
export { type Difference, differences } from './diff.ts'
export { BrokenCode, CodeNotFound, NotThere } from './errors.ts'
export { type EventLine, lineOf, placeOf, timeText } from './log/line.ts'
export { follow, forward, type LogFilter, type LogPage, lastOf } from './log/read.ts'
export { momentOf } from './log/when.ts'
export type { Comparison, DocumentDifference } from './replay/compare.ts'
export { type Replayed, type ReplayOptions, replay } from './replay/replay.ts'
export { writeDocuments } from './replay/write-documents.ts'
export { findTarget, type Target } from './trace/find.ts'
export { traceMermaid } from './trace/mermaid.ts'
export { ownService } from './trace/own-service.ts'
export type { Source } from './trace/sources.ts'
export { traceText } from './trace/text.ts'
export type { Trace, TraceNode } from './trace/trace.ts'
export { traceConversation } from './trace/trace-conversation.ts'
