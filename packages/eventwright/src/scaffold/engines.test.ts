import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { withoutKafka } from '../../../../scripts/kafka/broker.mjs'
import { testKafka } from '../../../../scripts/kafka/shared.mjs'
import { testDatabase, withoutPostgres } from '../../../../scripts/postgres/server.mjs'
import { scaffolded, workshop } from './fixtures/scaffolded.ts'
import { startService } from './fixtures/service-process.ts'

const DAY = 86_400_000

describe('a scaffolded service changes its engines by their URLs alone', {
  skip: withoutPostgres(),
  timeout: 600_000,
}, () => {
  let place: Awaited<ReturnType<typeof workshop>>
  let database: Awaited<ReturnType<typeof testDatabase>>
  let folder: string

  before(async () => {
    place = await workshop()
    database = await testDatabase()
    folder = (await scaffolded({ name: 'parcels', into: place.path })).folder
  })
  after(async () => {
    await database.drop()
    await place[Symbol.asyncDispose]()
  })

  const schema = (name: string): string => `${database.url}?schema=${name}`

  for (const [on, skip, urls] of [
    ['PostgreSQL', false, async () => ({ store: schema('parcels'), broker: schema('broker') })],
    [
      'PostgreSQL with Kafka',
      withoutKafka(),
      async () => ({ store: schema('parcels_kafka'), broker: (await testKafka()).url }),
    ],
  ] as const) {
    test(`on ${on}, two processes of it are one service, on one clock`, { skip }, async () => {
      const { store, broker } = await urls()
      const env = { STORE_URL: store, BROKER_URL: broker }
      await using one = await startService('one', folder, env)
      await using other = await startService('other', folder, env)
      const create = (url: string): Promise<Response> =>
        fetch(`${url}/parcels/p-1/create-parcel`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': 'click-7' },
          body: '{"title":"first"}',
        })
      const [first, again] = await Promise.all([create(one.url), create(other.url)])
      assert.deepEqual([first.status, again.status], [200, 200])
      const duplicates = [await first.json(), await again.json()].map(({ duplicate }) => duplicate)
      assert.deepEqual(duplicates.sort(), [false, true])
      const token = first.headers.get('consistency-token') ?? ''
      const row = await fetch(`${other.url}/parcel-overview/p-1?after=${token}`)
      assert.deepEqual(await row.json(), { title: 'first', status: 'active' })
      assert.equal((await fetch(`${one.url}/health/ready`)).status, 200)

      const moved = (await one.ask({ call: 'now' })) + DAY
      await one.ask({ call: 'advance', milliseconds: DAY })
      while ((await other.ask({ call: 'now' })) < moved) await sleep(5)
    })
  }
})
