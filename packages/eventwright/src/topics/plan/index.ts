export {
  type Allowed,
  type ExtraSetting,
  isRefused,
  type Plan,
  planTopics,
  type SettingChange,
  type TopicChange,
} from './plan.ts'
export { type Paint, planText, summary } from './plan-text.ts'
export type { Refusal } from './refusals.ts'
