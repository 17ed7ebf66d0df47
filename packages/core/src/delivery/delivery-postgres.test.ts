import { postgres } from '../postgres.ts'
import { deliverySuite } from '../testing/delivery-suite.ts'
import { onPostgres } from '../testing/fixtures/postgres.ts'

onPostgres('delivery on PostgreSQL', (fresh) =>
  deliverySuite('PostgreSQL', async () => {
    const engine = postgres(fresh())
    return { store: engine, broker: engine, dispose: async () => {} }
  }),
)
