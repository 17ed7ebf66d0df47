import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withoutPostgres } from '../../../../../scripts/postgres/server.mjs'
import { openPostgres } from './database/open.ts'
import { freshStores } from './fixtures/fresh.ts'
import { tablesOf } from './tables.ts'

test('a quiet commit does not wait for the disk; any other does, also one that a quiet unit shares', {
  skip: withoutPostgres(),
  timeout: 60_000,
}, async () => {
  const stores = await freshStores(18)
  const { engine, url } = stores.take()
  const store = await engine.openStore()
  const database = await openPostgres(url)
  const { schema } = database
  // The row itself says how its transaction is to be committed.
  await database.transaction(async ({ exec }) => {
    await exec(`CREATE TABLE ${schema}.commits_seen (id text, waits text)`)
    await exec(`CREATE FUNCTION ${schema}.see_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO ${schema}.commits_seen VALUES (NEW.id, current_setting('synchronous_commit')); RETURN NEW; END $$`)
    await exec(`CREATE TRIGGER see_commit BEFORE INSERT ON ${tablesOf(database).documents}
      FOR EACH ROW EXECUTE FUNCTION ${schema}.see_commit()`)
  })
  const put = (id: string, quiet: boolean) =>
    store.transaction((tx) => tx.documents('c').put(id, id), { quiet })
  await put('quiet', true)
  await put('loud', false)
  await Promise.all([put('shared', true), put('sharing', false)])
  const rows = await database.rows<{ id: string; waits: string }>(
    `SELECT id, waits FROM ${schema}.commits_seen ORDER BY id`,
  )
  assert.deepEqual(Object.fromEntries(rows.map(({ id, waits }) => [id, waits])), {
    loud: 'on',
    quiet: 'off',
    shared: 'on',
    sharing: 'on',
  })
  await database.close()
  await store.close()
  await stores.drop()
})
