import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { brokerEngine, storeEngine } from './engines.ts'

const folder = mkdtempSync(join(tmpdir(), 'eventwright-engines-'))
after(() => rmSync(folder, { recursive: true, force: true }))

test('a URL gives a store, its broker, and a new epoch', async () => {
  for (const url of ['memory:', `sqlite:${join(folder, 'shop.db')}`]) {
    const engine = await storeEngine(url)
    assert.equal(engine.url, url)
    const store = await engine.openStore()
    const { epoch } = store
    await store.append('a', [{ type: 'Happened', data: {} }])
    await store.close()
    assert.notEqual(await engine.renewEpoch(), epoch)
    const broker = await (await brokerEngine(url)).openBroker()
    await broker.ensureTopic('topic', { partitions: 3 })
    assert.deepEqual(await broker.topics(), [{ topic: 'topic', partitions: 3 }])
    await broker.close()
  }
})

test('to read only, what is not there is not made', async () => {
  const file = join(folder, 'absent.db')
  const engine = await storeEngine(`sqlite:${file}`, { readOnly: true })
  await assert.rejects(engine.openStore(), { code: 'CannotOpenFile' })
  assert.ok(!existsSync(file))
})

test('a URL that names no engine is refused with those that there are, and no secret is told', async () => {
  for (const url of ['', 'shop.db', 'sqlite:', 'mysql://me:hunter2@db/shop', 'Memory:']) {
    for (const open of [storeEngine, brokerEngine]) {
      const refused = { code: 'UnknownEngine', message: /no such (store|broker); use memory: or sqlite:FILE/ }
      await assert.rejects(open(url), refused)
      await assert.rejects(open(url), ({ message }: Error) => !message.includes('hunter2'))
    }
  }
})
