import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UseTxError } from '../../store/index.ts'
import { postgresStoreEngine } from '../../store/postgres/index.ts'
import { eventually, message } from '../../testing/broker/observe.ts'
import { onPostgres } from '../../testing/fixtures/postgres.ts'
import { postgresBroker } from './postgres-broker.ts'

async function open(storeUrl: string, brokerUrl: string) {
  const stack = new AsyncDisposableStack()
  const store = stack.adopt(await postgresStoreEngine(storeUrl).openStore(), (it) => it.close())
  const broker = stack.adopt(await postgresBroker(brokerUrl).openBroker(), (it) => it.close())
  await broker.ensureTopic('t', { partitions: 1 })
  return { store, broker, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

onPostgres('a store and a broker on PostgreSQL', (fresh) => {
  test('inside a unit of work of the same schema the broker refuses', async () => {
    const url = fresh()
    await using one = await open(url, url)
    const { store, broker } = one
    await store.transaction(async () => {
      await assert.rejects(broker.publish('t', [message('m')]), UseTxError)
      await assert.rejects(broker.ensureTopic('u'), UseTxError)
    })
    await broker.publish('t', [message('m')])
  })

  test('inside a unit of work of another schema it publishes', async () => {
    await using two = await open(fresh(), fresh())
    await two.store.transaction(() => two.broker.publish('t', [message('m')]))
    await two.broker.subscribe({ group: 'g', topics: ['t'] }, async (batch, delivery) => {
      for (const received of batch) delivery.ack(received)
    })
    await eventually(async () => assert.equal(await two.broker.groupLag('g'), 0))
  })
})
