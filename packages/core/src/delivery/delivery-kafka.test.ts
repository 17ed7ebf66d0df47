import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { withoutKafka } from '../../../../scripts/kafka/broker.mjs'
import { testKafka } from '../../../../scripts/kafka/shared.mjs'
import { kafkaBroker } from '../broker/kafka/index.ts'
import { sqliteStoreEngine } from '../store/sqlite/index.ts'
import { deliverySuite } from '../testing/delivery-suite.ts'

const skip = withoutKafka()
if (skip !== false) test('delivery on SQLite and Kafka', { skip })
else {
  deliverySuite('SQLite and Kafka', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'eventwright-delivery-'))
    const { url } = await testKafka()
    return {
      store: sqliteStoreEngine(join(folder, 'shop.db')),
      broker: kafkaBroker(url, { heartbeatInterval: 50, commitInterval: 5 }),
      dispose: () => rm(folder, { recursive: true, force: true }),
    }
  })
}
