import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase, withoutPostgres } from '../../../../../scripts/postgres/server.mjs'
import { postgresStoreEngine } from './index.ts'

test('a schema may have any name: the log is found by whatever is asked for', {
  skip: withoutPostgres(),
}, async () => {
  const place = await testDatabase()
  const store = await postgresStoreEngine(place.url, { schema: `it's "what?" ü` }).openStore()
  const event = { type: 'Happened', data: {}, id: 'e', metadata: { correlationId: 'c', commandId: 'd' } }
  await store.append('a', [event], { tenant: 't' })
  await store.append('a', [{ type: 'Happened', data: {} }], { tenant: 't' })
  const asked = { types: ['Happened'], tenant: 't', since: 1 }
  for (const query of [{ id: 'e' }, { correlationId: 'c' }, { stream: 'a', commandId: 'd' }]) {
    assert.deepEqual(
      (await store.readAll({ ...asked, ...query })).events.map(({ id }) => id),
      ['e'],
    )
  }
  await store.close()
  await place.drop()
})
