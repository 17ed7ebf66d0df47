import { test } from 'node:test'
import { withoutKafka } from '../../../../../scripts/kafka/broker.mjs'
import { testKafka } from '../../../../../scripts/kafka/shared.mjs'
import { type Committed, processesSuite } from '../fixtures/processes.ts'
import { Cluster } from './cluster.ts'
import { committedOf } from './group/committed.ts'
import { Coordinator } from './group/coordinator.ts'
import { kafkaBroker } from './index.ts'
import { settingsOf } from './options.ts'
import { parseKafkaUrl } from './url.ts'

const skip = withoutKafka()
const PATIENCE = 10_000

async function openCommitted(url: string, prefix: string): Promise<Committed> {
  const cluster = new Cluster(settingsOf(parseKafkaUrl(url), {}))
  return {
    async progress(group) {
      const coordinator = new Coordinator(cluster, `${prefix}${group}`)
      const found = await committedOf(coordinator, cluster.connections, PATIENCE)
      return found.map(({ topic, partition, offset }) => ({ topic, partition, committed: offset }))
    },
    close: () => cluster.close(),
  }
}

if (skip !== false) test('processes of a broker on Kafka', { skip })
else {
  processesSuite('broker on Kafka of several processes', async () => {
    const { url, prefix } = await testKafka()
    return {
      ...kafkaBroker(url),
      url,
      openStorage: () => openCommitted(url, prefix),
      dispose: async () => {},
    }
  })
}
