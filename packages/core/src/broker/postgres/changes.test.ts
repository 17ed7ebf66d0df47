import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openPostgres, type PostgresDatabase } from '../../store/postgres/index.ts'
import { eventually, message, observe } from '../../testing/broker/observe.ts'
import { onPostgres } from '../../testing/fixtures/postgres.ts'
import { openBroker } from '../open-broker.ts'
import type { BrokerStorage } from '../storage.ts'
import { openPostgresStorage, postgresBroker } from './postgres-broker.ts'
import { postgresStorage } from './postgres-storage.ts'

/** As behind a pooler that swallows LISTEN: nothing is ever heard. */
async function deaf(url: string): Promise<PostgresDatabase> {
  const database = await openPostgres(url)
  return { ...database, listen: () => () => {} }
}

onPostgres('news of a broker on PostgreSQL', (fresh) => {
  test('who hears no notice finds messages by looking', async () => {
    const url = fresh()
    await using stack = new AsyncDisposableStack()
    const publisher = stack.adopt(await postgresBroker(url).openBroker(), (it) => it.close())
    await publisher.ensureTopic('t', { partitions: 2 })
    const consumer = stack.adopt(openBroker(postgresStorage(await deaf(url))), (it) => it.close())
    const { ids } = await observe(consumer, { topics: ['t'], sessionTimeout: 120_000 })
    for (const id of ['m-0', 'm-1']) {
      await publisher.publish('t', [message(id)])
      await eventually(() => assert.equal(ids().at(-1), id))
    }
  })

  test('notices tell of the topics and groups of their schema, each once', async () => {
    const url = fresh()
    await using stack = new AsyncDisposableStack()
    const open = async (at: string) => stack.adopt(await openPostgresStorage(at), (it) => it.close())
    const [one, other, elsewhere] = [await open(url), await open(url), await open(fresh())]
    const heard: string[] = []
    const own: string[] = []
    other.onChange((change) => heard.push(JSON.stringify(change)))
    one.onChange((change) => own.push(JSON.stringify(change)))
    const regroup = (name: string) =>
      one.updateGroup(name, [], () => ({ members: [], gone: [], partitions: [], rebalance: true }))
    // That something may have been missed is told of by a look too: only a notice shows that notices are heard.
    await eventually(async () => {
      await regroup('first')
      assert.ok(heard.includes('{"group":"first"}'))
    })
    for (const storage of [one, elsewhere]) await storage.createTopic('t', 1)
    await elsewhere.append('t', [message('there')], () => 0)
    await one.append('t', [message('here')], () => 0)
    await regroup('g')
    await eventually(() => assert.ok(heard.includes('{"group":"g"}')))
    for (const told of [heard, own]) {
      assert.deepEqual(
        told.filter((change) => change !== '{}' && change !== '{"group":"first"}'),
        ['{"topics":["t"],"ends":[{"topic":"t","partition":0,"next":1}]}', '{"group":"g"}'],
      )
    }
  })

  test('who hears of messages hears where they end, and looks for nothing', async () => {
    const url = fresh()
    await using stack = new AsyncDisposableStack()
    const publisher = stack.adopt(await postgresBroker(url).openBroker(), (it) => it.close())
    await publisher.ensureTopic('t', { partitions: 2 })
    const storage = await openPostgresStorage(url)
    const onlyTold: BrokerStorage = {
      ...storage,
      ends: async () => [],
      onChange: (listener) =>
        storage.onChange((change) => {
          if (change.ends) listener(change)
        }),
    }
    const consumer = stack.adopt(openBroker(onlyTold), (it) => it.close())
    const { ids } = await observe(consumer, { topics: ['t'], sessionTimeout: 120_000 })
    // Until the connection that listens is there.
    await eventually(async () => {
      await publisher.publish('t', [message('first')])
      assert.ok(ids().length > 0)
    })
    for (const [at, from] of [consumer, publisher, consumer, publisher].entries()) {
      await from.publish('t', [message(`m-${at}`)])
      await eventually(() => assert.ok(ids().includes(`m-${at}`)))
    }
  })
})
