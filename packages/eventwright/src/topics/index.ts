/** Kafka topics as code: a file of topics, checked on its own and compared with a live cluster. */
export { applyPlan, checkCluster, PlanOutdated, type StepOutcome, type StepResult } from './apply.ts'
export {
  type ClientInput,
  type ClientSettings,
  ClientSettingsError,
  type Cluster,
  ClusterRefused,
  ClusterUnreachable,
  clientSettings,
  openAdmin,
  openCluster,
  WrongCluster,
} from './cluster/index.ts'
export { TOPIC_CODES, type TopicCode, type TopicFinding } from './codes.ts'
export { driftOf } from './drift.ts'
export type { EnvironmentLayers, TopicDocument } from './file/document.ts'
export { BrokenFlow, TopicFileError, UnknownEnvironment } from './file/errors.ts'
export { environmentOf, type LoadedTopics, loadTopics, type TopicInput } from './file/load.ts'
export { resolve } from './file/resolve.ts'
export { topicFileOf } from './import.ts'
export { missingIn, TOPIC_CONFIGS, type TopicConfig } from './kafka/index.ts'
export { blocking, lintTopics } from './lint/lint.ts'
export * from './model.ts'
export * from './plan/index.ts'
