import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import type { RecordedEvent } from '../../event/index.ts'
import type { EventStore } from '../index.ts'
import { sqliteStoreEngine } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'eventwright-wal-'))
after(() => rmSync(folder, { recursive: true }))

/** What one unit of work writes, all or nothing. */
async function oneUnit(store: EventStore, n: number): Promise<void> {
  await store.transaction(async (tx) => {
    const happened = { type: 'Happened', data: { n } }
    await tx.append(`stream-${n % 3}`, [happened, happened])
    tx.documents('counts').put('units', n)
    await tx.checkpoint.advance('reader', n - 1, n)
    tx.timers.set({ owner: 'o', id: `${n}`, due: n, data: {} })
  })
}

/** A database and its write-ahead log, as they stand while a store is open, with what they hold. */
async function liveCopy(
  units: number,
): Promise<{ readonly path: string; readonly log: readonly RecordedEvent[] }> {
  const path = join(folder, 'live.db')
  const copy = join(folder, 'copy.db')
  const store = await sqliteStoreEngine(path).openStore()
  for (let n = 1; n <= units; n++) await oneUnit(store, n)
  const { events } = await store.readAll()
  for (const end of ['', '-wal']) cpSync(path + end, copy + end)
  await store.close()
  return { path: copy, log: events }
}

/** Sees that the store holds the first of these units and nothing of the others. Gives their number. */
async function checkPrefix(store: EventStore, log: readonly RecordedEvent[]): Promise<number> {
  const { events } = await store.readAll()
  assert.deepEqual(events, log.slice(0, events.length))
  const units = events.length / 2
  assert.ok(Number.isInteger(units), 'no half of a unit')
  assert.equal((await store.documents<number>('counts').get('units')) ?? 0, units)
  assert.equal(await store.checkpoint('reader'), units)
  assert.equal((await store.timers({})).length, units)
  for (const stream of ['stream-0', 'stream-1', 'stream-2']) {
    const slice = await store.read(stream)
    assert.deepEqual(
      slice.events.map(({ version }) => version),
      Array.from({ length: slice.version }, (_, at) => at + 1),
    )
  }
  return units
}

test('a write-ahead log that is cut or damaged anywhere opens on the units before, and goes on from there', async () => {
  const { path, log } = await liveCopy(12)
  const size = statSync(`${path}-wal`).size
  const whole = readFileSync(`${path}-wal`)
  const seen = new Set<number>()
  let round = 0
  const damage = fc.record({
    at: fc.integer({ min: 0, max: size }),
    how: fc.constantFrom('cut', 'flipped', 'zeroed'),
  })
  await fc.assert(
    fc.asyncProperty(damage, async ({ at, how }) => {
      const broken = join(folder, `broken-${round++}.db`)
      cpSync(path, broken)
      cpSync(`${path}-wal`, `${broken}-wal`)
      if (how === 'cut') truncateSync(`${broken}-wal`, at)
      else writeFileSync(`${broken}-wal`, damaged(whole, at, how))
      const store = await sqliteStoreEngine(broken).openStore()
      const units = await checkPrefix(store, log)
      seen.add(units)
      await oneUnit(store, units + 1)
      assert.equal(await store.head(), 2 * units + 2)
      await store.close()
    }),
    { numRuns: 60, examples: [[{ at: 0, how: 'cut' }], [{ at: size, how: 'cut' }]] },
  )
  assert.ok(seen.has(0) && seen.has(12) && seen.size > 5, [...seen].join())
})

function damaged(whole: Uint8Array, at: number, how: 'flipped' | 'zeroed'): Uint8Array {
  const bytes = Uint8Array.from(whole)
  if (how === 'zeroed') bytes.fill(0, at)
  else if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ 0xff
  return bytes
}
