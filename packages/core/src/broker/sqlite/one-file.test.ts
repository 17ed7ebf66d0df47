import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { UseTxError } from '../../store/index.ts'
import { sqliteStoreEngine } from '../../store/sqlite/index.ts'
import { eventually, message, messages } from '../../testing/broker/observe.ts'
import { sqliteBroker } from './sqlite-broker.ts'

const folder = mkdtempSync(join(tmpdir(), 'eventwright-one-file-'))
after(() => rmSync(folder, { recursive: true }))

async function open(storeFile: string, brokerFile: string) {
  const stack = new AsyncDisposableStack()
  const store = stack.adopt(await sqliteStoreEngine(join(folder, storeFile)).openStore(), (it) => it.close())
  const broker = stack.adopt(await sqliteBroker(join(folder, brokerFile)).openBroker(), (it) => it.close())
  await broker.ensureTopic('t', { partitions: 1 })
  return { store, broker, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

test('inside a unit of work of the same file the broker refuses', async () => {
  await using one = await open('same.db', 'same.db')
  const { store, broker } = one
  await store.transaction(async () => {
    await assert.rejects(broker.publish('t', [message('m')]), UseTxError)
    await assert.rejects(
      broker.subscribe({ group: 'g', topics: ['t'] }, async () => {}),
      UseTxError,
    )
    await assert.rejects(broker.ensureTopic('u'), UseTxError)
  })
  await broker.publish('t', [message('m')])
})

test('inside a unit of work of another file it publishes', async () => {
  await using two = await open('store.db', 'broker.db')
  await two.store.transaction(() => two.broker.publish('t', [message('m')]))
  await two.broker.subscribe({ group: 'g', topics: ['t'] }, async (batch, delivery) => {
    for (const received of batch) delivery.ack(received)
  })
  await eventually(async () => assert.equal(await two.broker.groupLag('g'), 0))
})

test('an acknowledgement inside a unit of work does not put later handlers inside it', async () => {
  await using one = await open('ack.db', 'ack.db')
  const { store, broker } = one
  await broker.publish('t', messages('m', 20))
  let handled = 0
  const options = { group: 'g', topics: ['t'], batch: 1, maxInFlight: 1 }
  await broker.subscribe(options, async (batch, delivery) => {
    for (const received of batch) {
      await store.transaction(async () => delivery.ack(received))
      handled += 1
    }
  })
  await eventually(() => assert.equal(handled, 20))
  await eventually(async () => assert.equal(await broker.groupLag('g'), 0))
})
