import { after, before, describe, test } from 'node:test'
import { withoutPostgres } from '../../../../../scripts/postgres/server.mjs'
import { storeSuite } from '../../testing/store-suite.ts'
import { type FreshStores, freshStores } from './fixtures/fresh.ts'

for (const version of [18, 14] as const) {
  const skip = withoutPostgres(version)
  if (skip !== false) test(`a store on PostgreSQL ${version}`, { skip })
  else {
    describe(`PostgreSQL ${version}`, { concurrency: 4 }, () => {
      let stores: FreshStores
      before(async () => {
        stores = await freshStores(version)
      })
      after(() => stores.drop())
      storeSuite({
        name: `postgres ${version}`,
        async fresh() {
          const { engine, dispose } = stores.take()
          return { engine, renewEpoch: (options) => engine.renewEpoch(options), dispose }
        },
      })
    })
  }
}
