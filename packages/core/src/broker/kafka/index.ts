export { kafkaBroker } from './engine.ts'
export type { KafkaCompression, KafkaOptions, KafkaSasl } from './options.ts'
export { hasServerName } from './server-name.ts'
export { type KafkaConnection, kafkaConnection } from './url.ts'
