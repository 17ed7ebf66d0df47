/** Services made of a flow file: planned as data, written whole or not at all, and kept in step with the flow. */
export { CannotScaffold, FlowHasErrors } from './errors.ts'
export type { ScaffoldFile } from './file.ts'
export {
  type PlannedService,
  planScaffold,
  type ScaffoldOptions,
  type ScaffoldPlan,
  writeScaffold,
} from './plan.ts'
export { type Change, planUpdate, type UpdateOptions, type UpdatePlan, writeUpdate } from './update.ts'
