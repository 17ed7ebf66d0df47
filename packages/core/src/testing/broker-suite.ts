import { suite, test } from 'node:test'
import type { Broker, Subscription } from '../broker/index.ts'
import { delivering } from './broker/delivering.ts'
import type { BrokerPlace } from './broker/place.ts'
import { publishing } from './broker/publishing.ts'
import { sharing } from './broker/sharing.ts'

export type { BrokerPlace, CutOffBroker } from './broker/place.ts'

/**
 * The contract of a broker, as tests of `node:test`. `makePlace` gives each test a place of its own;
 * what a test opened there is closed before the place is disposed of.
 */
export function brokerSuite(engine: string, makePlace: () => Promise<BrokerPlace>): void {
  suite(`broker on ${engine}`, { concurrency: 4 }, () => {
    for (const [name, promise] of Object.entries({ ...publishing, ...delivering, ...sharing })) {
      test(name, { timeout: 120_000 }, async () => {
        const place = await makePlace()
        const { watched, closeAll } = watch(place)
        try {
          await promise(watched)
        } finally {
          await closeAll()
          await place.dispose()
        }
      })
    }
  })
}

/** Remembers what is opened, so that a test need not close it, and closing does not wait for what it left in flight. */
function watch(place: BrokerPlace): { watched: BrokerPlace; closeAll: () => Promise<void> } {
  const brokers: Broker[] = []
  const subscriptions: Subscription[] = []
  const mends: (() => void)[] = []

  function remember(broker: Broker): Broker {
    brokers.push(broker)
    return {
      ...broker,
      async subscribe(options, handler) {
        const subscription = await broker.subscribe(options, handler)
        subscriptions.push(subscription)
        return subscription
      },
    }
  }

  return {
    watched: {
      ...place,
      engine: {
        ...place.engine,
        openBroker: async (options) => remember(await place.engine.openBroker(options)),
      },
      async openCutOff() {
        const cutOff = await place.openCutOff()
        mends.push(cutOff.mend)
        return { ...cutOff, broker: remember(cutOff.broker) }
      },
    },
    async closeAll() {
      for (const mend of mends) mend()
      await Promise.all(subscriptions.map((subscription) => subscription.stop(0)))
      await Promise.all(brokers.map((broker) => broker.close()))
    },
  }
}
