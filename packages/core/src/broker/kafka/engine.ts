import type { BrokerEngine } from '../broker.ts'
import { openKafkaBroker } from './kafka-broker.ts'
import { type KafkaOptions, settingsOf } from './options.ts'
import { checkPrefix } from './prefix.ts'
import { parseKafkaUrl } from './url.ts'

/** A broker on a Kafka cluster. @throws InvalidOption for an address that is none, or a prefix that cannot be one */
export function kafkaBroker(address: string | readonly string[], options: KafkaOptions = {}): BrokerEngine {
  const settings = settingsOf(parseKafkaUrl(address), options)
  checkPrefix(settings.prefix)
  return { url: settings.url, openBroker: (given = {}) => openKafkaBroker(settings, given) }
}
