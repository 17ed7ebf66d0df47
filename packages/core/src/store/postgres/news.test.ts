import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withoutPostgres } from '../../../../../scripts/postgres/server.mjs'
import { openPostgres } from './database/open.ts'
import { freshStores } from './fixtures/fresh.ts'
import { appendInto } from './fixtures/open-append.ts'

test('a commit of a process that was killed before it told of it is heard of all the same', {
  skip: withoutPostgres(),
  timeout: 60_000,
}, async () => {
  const stores = await freshStores(18)
  const { engine, url } = stores.take()
  const store = await engine.openStore()
  const database = await openPostgres(url)
  const heard = Promise.withResolvers<void>()
  let appended = false
  store.onCommit(() => {
    if (appended) heard.resolve()
  })
  // No NOTIFY goes with these, as with those of a process that ends right behind its commit.
  const writing = setInterval(() => {
    appended = true
    database.transaction((session) => appendInto(session, database, ['a'])).catch(heard.reject)
  }, 300)
  await heard.promise
  clearInterval(writing)
  await store.close()
  await database.close()
  await stores.drop()
  assert.ok(appended)
})
