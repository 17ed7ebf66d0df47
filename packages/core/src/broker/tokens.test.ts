import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { onPostgres } from '../testing/fixtures/postgres.ts'
import { emptyMemory, memoryStorage } from './memory/memory-storage.ts'
import { placement } from './placement.ts'
import { openPostgresStorage } from './postgres/index.ts'
import { openSqliteStorage } from './sqlite/sqlite-broker.ts'
import type { BrokerStorage } from './storage.ts'

/** Makes a member the owner of the topic's one partition, under this token. */
async function own(storage: BrokerStorage, owner: string, token: number): Promise<void> {
  await storage.updateGroup('g', ['t'], ({ now, partitions }) => ({
    members: [{ id: owner, topics: ['t'], expires: now + 10_000 }],
    gone: [],
    partitions: partitions.map((partition) => ({ ...partition, owner, token })),
    rebalance: true,
  }))
}

async function refusesOldTokens(storage: BrokerStorage): Promise<void> {
  await storage.createTopic('t', 1)
  const messages = ['a', 'b', 'c'].map((id) => ({ id, key: id, headers: {}, value: '{}' }))
  await storage.append('t', messages, placement())
  const at = { topic: 't', partition: 0 }
  await own(storage, 'm', 1)
  // Lost, and won again: what the member did the first time may have been done by another since.
  await own(storage, 'other', 2)
  await own(storage, 'm', 3)
  const old = { ...at, token: 1, offset: 3 }
  assert.deepEqual(await storage.commit('g', 'm', [old]), [old])
  const foreign = { ...at, token: 3, offset: 3 }
  assert.deepEqual(await storage.commit('g', 'other', [foreign]), [foreign])
  assert.deepEqual(await storage.commit('g', 'm', [{ ...at, token: 3, offset: 2 }]), [])
  const [progress] = await storage.progress('g')
  assert.equal(progress?.committed, 2)
  await storage.close()
}

test('memory takes a commit from the present owner under its present token only', async () => {
  await refusesOldTokens(memoryStorage(emptyMemory()))
})

test('a file takes a commit from the present owner under its present token only', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'eventwright-tokens-'))
  await refusesOldTokens(await openSqliteStorage(join(folder, 'broker.db')))
  rmSync(folder, { recursive: true })
})

const ON_POSTGRES = {
  18: 'PostgreSQL takes a commit from the present owner under its present token only',
  14: 'an older PostgreSQL takes a commit from the present owner under its present token only',
}

for (const version of [18, 14] as const) {
  const name = ON_POSTGRES[version]
  const declare = (fresh: () => string) =>
    test(name, async () => refusesOldTokens(await openPostgresStorage(fresh())))
  onPostgres(name, declare, version)
}
