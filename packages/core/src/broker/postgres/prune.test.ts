import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openPostgres } from '../../store/postgres/index.ts'
import { onPostgres } from '../../testing/fixtures/postgres.ts'
import { openPostgresStorage } from './postgres-broker.ts'

const later = Date.now() + 60_000
const messages = ['a', 'b', 'c'].map((id) => ({ id, key: id, headers: {}, value: '{}' }))

onPostgres('a prune on PostgreSQL', (fresh) => {
  test('a prune waits for no other one, and no publisher waits for a prune', async () => {
    const url = fresh()
    await using stack = new AsyncDisposableStack()
    const storage = stack.adopt(await openPostgresStorage(url), (it) => it.close())
    const database = stack.adopt(await openPostgres(url), (it) => it.close())
    await storage.createTopic('t', 1)
    await storage.append('t', messages, () => 0)
    const { schema } = database
    await database.transaction(async (session) => {
      // As a prune of another process does, in the middle of its work.
      await session.rows(`UPDATE ${schema}.eventwright_starts SET earliest = 1`)
      await session.rows(`DELETE FROM ${schema}.eventwright_messages WHERE number < 1`)
      assert.equal(await storage.prune(later, 100), 0, 'what another one prunes is left to it')
      assert.ok(await storage.append('t', messages, () => 0))
    })
    assert.equal(await storage.prune(later, 100), 5)
    assert.deepEqual(await storage.ends(['t']), [{ topic: 't', partition: 0, earliest: 6, next: 6 }])
  })

  test('a prune goes on while a publisher holds the partition', async () => {
    const url = fresh()
    await using stack = new AsyncDisposableStack()
    const storage = stack.adopt(await openPostgresStorage(url), (it) => it.close())
    const database = stack.adopt(await openPostgres(url), (it) => it.close())
    await storage.createTopic('t', 1)
    await storage.append('t', messages, () => 0)
    await database.transaction(async (session) => {
      await session.rows(`SELECT 1 FROM ${database.schema}.eventwright_partitions FOR UPDATE`)
      assert.equal(await storage.prune(later, 2), 2)
    })
    assert.deepEqual(await storage.ends(['t']), [{ topic: 't', partition: 0, earliest: 2, next: 3 }])
  })
})
