import { brokerSuite } from '../../testing/broker-suite.ts'
import { onPostgres } from '../../testing/fixtures/postgres.ts'
import { placeOn } from '../fixtures/cut-off.ts'
import { openPostgresStorage, postgresBroker } from './postgres-broker.ts'

onPostgres('the broker on PostgreSQL', (fresh) =>
  brokerSuite('PostgreSQL', async () => {
    const url = fresh()
    return placeOn({ url, ...postgresBroker(url) }, () => openPostgresStorage(url))
  }),
)
