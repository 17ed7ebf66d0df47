export { missingIn, TOPIC_CONFIGS, type TopicConfig, topicConfig } from './configs.ts'
export { type Read, readable, readValue, sameValue } from './values.ts'
