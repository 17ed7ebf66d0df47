import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RELAY } from '@eventwright/core'
import { sqlite } from '@eventwright/core/sqlite'
import { eventwright } from './fixtures/one-process.ts'
import { openTower, towerFile } from './fixtures/tower-store.ts'

const storeOf = (file: string): readonly string[] => ['--store', `sqlite:${file}`]

async function ring(file: string, id: string): Promise<void> {
  await using app = await openTower(file)
  await app.execute({ type: 'ring', aggregate: 'bell', id, data: { times: 1, by: 'ann' } })
  await app.idle()
}

test('epoch new begins another epoch, in which the relay goes on', async (t) => {
  const file = towerFile(t)
  await ring(file, 'big')
  const { code, stdout } = await eventwright(['epoch', 'new', ...storeOf(file), '--json'])
  assert.equal(code, 0)
  const { epoch } = JSON.parse(stdout)
  const store = await sqlite(file).openStore()
  assert.equal(store.epoch, epoch)
  await store.close()
  await using app = await openTower(file)
  await app.execute({ type: 'ring', aggregate: 'bell', id: 'small', data: { times: 1, by: 'ann' } })
  await app.idle()
  const { components } = await app.health()
  assert.equal(components.find(({ name }) => name === RELAY)?.state, 'running')
  const again = await eventwright(['epoch', 'new', ...storeOf(file)])
  assert.match(again.stdout, /^The log of sqlite:.* is in epoch \S+ now\. Start its processes again;/)
})

test('epoch accept lets a consumer go on that heard the log before, and says where there is none', async (t) => {
  const file = towerFile(t)
  await ring(file, 'big')
  const nobody = await eventwright(['epoch', 'accept', '--consumer', 'nobody', ...storeOf(file)])
  assert.match(nobody.stdout, /^"nobody" has heard no log in this store: nothing was changed/)
  assert.equal(nobody.code, 1)
  const store = await sqlite(file).openStore()
  const heard = await store.documents<{ source: string }>('eventwright.epochs').list()
  await store.close()
  const consumer = heard[0]?.id.split('/')[0] ?? ''
  assert.notEqual(consumer, '', 'the tower has a consumer that hears its log')
  const name = decodeURIComponent(consumer)
  const { code, stdout } = await eventwright(['epoch', 'accept', '--consumer', name, ...storeOf(file)])
  assert.equal(
    stdout,
    `"${name}" takes the next other epoch of the log that it hears, once it is started again.\n`,
  )
  assert.equal(code, 0)
  const told = await eventwright(['epoch', 'accept', '--consumer', name, ...storeOf(file), '--json'])
  assert.deepEqual(JSON.parse(told.stdout), { consumer: name, logs: 1 })
})
