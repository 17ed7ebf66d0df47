import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import type { BrokerEngine } from './broker/index.ts'
import { memory } from './memory.ts'
import { sqlite } from './sqlite.ts'
import { type StoreEngine, UseTxError } from './store/index.ts'

const folder = await mkdtemp(join(tmpdir(), 'engines-'))
after(() => rm(folder, { recursive: true }))

const engines: readonly (StoreEngine & BrokerEngine)[] = [memory(), sqlite(join(folder, 'shop.db'))]
for (const engine of engines) {
  describe(`one engine for store and broker: ${engine.url.split(':')[0]}`, () => {
    it('a broker called inside a unit of work of its own store is refused', async () => {
      const store = await engine.openStore()
      const broker = await engine.openBroker()
      await broker.ensureTopic('t')
      const messages = [{ id: '1', key: null, headers: {}, value: '{}' }]
      await assert.rejects(
        store.transaction(() => broker.publish('t', messages)),
        UseTxError,
      )
      await broker.publish('t', messages)
      await broker.close()
      await store.close()
    })

    it('a broker called inside a unit of work of another store is not', async () => {
      const store = await memory().openStore()
      const broker = await engine.openBroker()
      await store.transaction(() => broker.ensureTopic('u'))
      await broker.close()
      await store.close()
    })

    it('opened again it holds what it held', async () => {
      const first = await engine.openStore()
      await first.append('s', [{ type: 'A', data: 1 }])
      await first.close()
      const again = await engine.openStore()
      assert.equal((await again.read('s')).version, 1)
      await again.close()
    })
  })
}
