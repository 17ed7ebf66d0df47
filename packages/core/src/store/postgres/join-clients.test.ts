import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { withoutPostgres } from '../../../../../scripts/postgres/server.mjs'
import { clients, withPg } from './fixtures/in-transaction.ts'
import { placed, usersPlace } from './fixtures/users-place.ts'

const skip = withoutPostgres()

describe('a store joins the transaction of', { skip }, async () => {
  if (skip) return
  const { pool, store, shipped } = await usersPlace()

  for (const [name, on] of clients) {
    const inTransaction = on(pool)
    const stream = (id: string) => `order-${name}-${id}`

    test(`${name}: commits events, inbox and documents with the user's own rows`, async () => {
      const message = { id: `message of ${name}`, expires: Date.now() + 60_000 }
      const handle = () =>
        inTransaction(async (client, run) => {
          const fresh = await store.join(client, async (tx) => {
            if (!(await tx.inbox.accept('shipping', message))) return false
            await tx.append(stream('1'), [placed(`${name}-1`), placed(`${name}-2`)], { expect: 'none' })
            tx.documents<{ left: number }>('stock').update(name, (stock) => ({
              left: (stock?.left ?? 3) - 1,
            }))
            tx.timers.set({ owner: 'shipping', id: name, due: 5, data: {} })
            return true
          })
          if (fresh) await run(`INSERT INTO shipped VALUES ('${name}')`)
          return fresh
        })
      assert.equal(await handle(), true)
      assert.equal(await handle(), false)
      const { events, version } = await store.read(stream('1'))
      assert.equal(version, 2)
      assert.deepEqual(
        events.map(({ data }) => data),
        [placed(`${name}-1`).data, placed(`${name}-2`).data],
      )
      assert.deepEqual(await store.documents('stock').get(name), { left: 2 })
      assert.deepEqual(await shipped(), [name])
    })

    test(`${name}: is told of a conflict where another transaction has what it needs, and can go on`, async () => {
      await withPg(pool)(async (other) => {
        await store.join(other, (tx) => tx.append(stream('3'), [placed(`${name}-5`)]))
        await inTransaction(async (client, run) => {
          await run("SET LOCAL lock_timeout = '50ms'")
          const late = store.join(client, (tx) => tx.append(stream('3'), [placed(`${name}-6`)]))
          await assert.rejects(late, { code: 'ConcurrencyError' })
          await run(`INSERT INTO shipped VALUES ('${name} went on')`)
        })
      })
      assert.deepEqual(await shipped(), [`${name} went on`])
      assert.equal((await store.read(stream('3'))).version, 1)
    })

    test(`${name}: sees what it wrote itself, and leaves nothing when it is rolled back`, async () => {
      const head = await store.head()
      await assert.rejects(
        inTransaction(async (client, run) => {
          await run("INSERT INTO shipped VALUES ('never')")
          await store.join(client, (tx) => tx.append(stream('2'), [placed(`${name}-3`)]))
          await store.join(client, async (tx) => {
            assert.equal((await tx.read(stream('2'))).version, 1)
            await tx.append(stream('2'), [placed(`${name}-4`)], { expect: 1 })
          })
          throw new Error('of the user')
        }),
        /of the user/,
      )
      assert.equal((await store.read(stream('2'))).version, 0)
      assert.deepEqual(await shipped(), [])
      assert.deepEqual((await store.readAll({ after: head })).events, [])
    })
  }
})
