import type { Kafka } from '../../kafka/broker.mjs'
import type { Postman } from './engines.ts'
import { kafkaMessages } from './kafka-messages.ts'
import { kafkaPlaces, kafkaTopics } from './kafka-places.ts'

/** One broker, which is killed and started now and then. */
export function kafkaBroker(kafka: Kafka): Postman {
  const { bootstrap } = kafka
  return {
    url: `kafka://${bootstrap}`,
    async sent() {
      const topics = await kafkaTopics(bootstrap)
      return {
        messages: await kafkaMessages(bootstrap, topics),
        places: await kafkaPlaces(bootstrap, topics),
      }
    },
    outages: [
      {
        what: 'Kafka',
        every: [20_000, 40_000],
        lasts: [100, 2000],
        ways: [{ how: 'killed', down: () => kafka.kill() }],
        up: () => kafka.start(),
      },
    ],
    dump: () => dumpBehind(bootstrap).catch((error: unknown) => [`Kafka is away: ${error}`]),
    close: () => kafka.stop(),
  }
}

async function dumpBehind(bootstrap: string): Promise<readonly string[]> {
  const places = await kafkaPlaces(bootstrap, await kafkaTopics(bootstrap))
  const behind = places.filter(({ committed, next }) => committed < next)
  return ['Kafka behind:', ...behind.map((place) => `  ${JSON.stringify(place)}`)]
}
