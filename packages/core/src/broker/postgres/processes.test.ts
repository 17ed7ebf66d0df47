import { onPostgres } from '../../testing/fixtures/postgres.ts'
import { processesSuite } from '../fixtures/processes.ts'
import { openPostgresStorage, postgresBroker } from './postgres-broker.ts'

onPostgres('processes of a broker on PostgreSQL', (fresh) =>
  processesSuite('broker on PostgreSQL of several processes', async () => {
    const url = fresh()
    return {
      ...postgresBroker(url),
      url,
      openStorage: () => openPostgresStorage(url),
      dispose: async () => {},
    }
  }),
)
