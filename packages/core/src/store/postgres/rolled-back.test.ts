import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { testDatabase, withoutPostgres } from '../../../../../scripts/postgres/server.mjs'
import type { CommitNews } from '../commit-news.ts'
import { openPostgres } from './database/open.ts'
import { postgresStoreEngine } from './store-engine.ts'
import { tablesOf } from './tables.ts'

describe('a position that a rolled back append had', { skip: withoutPostgres() }, async () => {
  const { url, drop } = await testDatabase()
  const store = await postgresStoreEngine(url).openStore()
  const database = await openPostgres(url)
  after(async () => {
    await store.close()
    await database.close()
    await drop()
  })

  test('is passed over by nobody, since a crashed server may give it again', async () => {
    await store.append('a', [{ type: 'Noted', data: {} }])
    await database.rows(`SELECT nextval('${tablesOf(database).positions}')`)
    assert.equal(await store.head(), 1)
    assert.deepEqual(await store.readAll({ after: 1 }), { events: [], examined: 1 })
    assert.deepEqual(await store.readAll({ types: ['Other'] }), { events: [], examined: 1 })
    await store.append('a', [{ type: 'Noted', data: {} }])
    assert.equal(await store.head(), 3)
    assert.equal((await store.readAll({ after: 1 })).examined, 3)
  })

  test('holds up readers until they are told that it is gone', async () => {
    const { events } = tablesOf(database)
    await database.rows(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$`,
    )
    await database.rows(`CREATE TRIGGER refusing BEFORE INSERT ON ${events} EXECUTE FUNCTION refuse()`)
    const heard: (CommitNews | undefined)[] = []
    const end = store.onCommit((news) => heard.push(news))
    await assert.rejects(store.append('b', [{ type: 'Noted', data: {} }]), /refused/)
    await database.rows(`DROP TRIGGER refusing ON ${events}`)
    end()
    assert.ok(heard.some((news) => news?.events))
  })
})
