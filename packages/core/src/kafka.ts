import type { BrokerEngine } from './broker/index.ts'
import { type KafkaOptions, kafkaBroker } from './broker/kafka/index.ts'

export {
  hasServerName,
  type KafkaCompression,
  type KafkaConnection,
  type KafkaOptions,
  type KafkaSasl,
  kafkaConnection,
} from './broker/kafka/index.ts'

/**
 * A broker on a Kafka cluster, 3.7 or newer: `kafka('kafka://one:9092,two:9092')`, or a list of `HOST:PORT`. Needs the
 * package `@platformatic/kafka`. A URL may carry `USER:PASSWORD@` before its hosts (SASL, PLAIN unless `?mechanism=`
 * says otherwise), `?tls=true` and `?prefix=`. It tells its messages apart by their ids, which it keeps in the header
 * `eventwright-id`; what other producers write gets one of its place or, a CloudEvent, of its source and id.
 * @throws InvalidOption for an address that is none, or a prefix that cannot be one
 */
export function kafka(address: string | readonly string[], options: KafkaOptions = {}): BrokerEngine {
  return kafkaBroker(address, options)
}
