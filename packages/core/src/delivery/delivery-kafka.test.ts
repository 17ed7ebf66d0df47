import { test } from 'node:test'
import { withoutKafka } from '../../../../scripts/kafka/broker.mjs'
import { testKafka } from '../../../../scripts/kafka/shared.mjs'
import { kafkaBroker } from '../broker/kafka/index.ts'
import { postgresStoreEngine } from '../store/postgres/index.ts'
import { deliverySuite } from '../testing/delivery-suite.ts'
import { onPostgres } from '../testing/fixtures/postgres.ts'

const name = 'delivery on PostgreSQL and Kafka'
const skip = withoutKafka()
if (skip !== false) test(name, { skip })
else
  onPostgres(name, (fresh) =>
    deliverySuite('PostgreSQL and Kafka', async () => {
      const { url } = await testKafka()
      return {
        store: postgresStoreEngine(fresh()),
        broker: kafkaBroker(url, { heartbeatInterval: 50, commitInterval: 5 }),
        dispose: async () => {},
      }
    }),
  )
