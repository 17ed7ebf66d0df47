import type { Broker, BrokerEngine, Delivery } from '@eventwright/core'

/** An engine whose brokers do some of what they do otherwise. */
export function wrapBroker(
  engine: BrokerEngine,
  otherwise: (broker: Broker) => Partial<Broker>,
): BrokerEngine {
  return {
    url: engine.url,
    async openBroker(options) {
      const broker = await engine.openBroker(options)
      return { ...broker, ...otherwise(broker) }
    },
  }
}

/** A delivery whose acknowledgement goes another way. */
export function acknowledging(delivery: Delivery, ack: Delivery['ack']): Delivery {
  return { ...delivery, ack }
}
