export { kafkaBroker } from './engine.ts'
export type { KafkaCompression, KafkaOptions, KafkaSasl } from './options.ts'
