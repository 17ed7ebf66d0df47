import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { after, test } from 'node:test'
import pg from 'pg'
import { startPostgres, testDatabase, withoutPostgres } from '../../../../../scripts/postgres/server.mjs'
import type { EventStore } from '../event-store.ts'
import { postgresStoreEngine } from './index.ts'

const skip = withoutPostgres() || withoutPostgres(14)
const server = skip ? undefined : await startPostgres()
after(() => server?.end())
const happened = [{ type: 'Happened', data: {} }]

test('a log begins a new epoch where a standby took over, and not where its server was only restarted', {
  skip,
}, async () => {
  if (server === undefined) return
  const engine = postgresStoreEngine(server.url, { schema: 'taken_over', carry: ['relay'], patience: 60_000 })
  const running = await engine.openStore()
  await running.append('a', happened)
  await advance(running, 'relay', 0, 1)
  await advance(running, 'reader', 0, 1)

  await server.stop()
  await server.start()
  await advance(running, 'reader', 1, 1)
  assert.equal(await epochOf(engine), running.epoch)

  await server.stop()
  asStandby(server.data)
  await server.start()
  const other = postgresStoreEngine(server.url, { max: 1 })
  await assert.rejects(other.openStore(), { code: 'CannotOpenDatabase', message: /standby/ })
  // It waits until the standby takes over: what it appends is in the new epoch already.
  const waiting = running.append('a', happened)
  await ask(server.url, 'SELECT pg_promote()')
  assert.equal((await waiting).version, 2)
  const [log] = await ask(server.url, 'SELECT epoch FROM taken_over.eventwright_log')
  assert.notEqual(log?.epoch, running.epoch)
  const store = await engine.openStore()
  assert.notEqual(store.epoch, running.epoch)
  await assert.rejects(advance(running, 'reader', 1, 2), { code: 'EpochChanged' })
  await assert.rejects(store.checkpoint('reader'), { code: 'EpochChanged' })
  await advance(store, 'relay', 1, 2)
  await store.close()
  assert.equal(await epochOf(engine), store.epoch)
  await running.close()

  await server.stop()
  asStandby(server.data)
  await server.start()
  await ask(server.url, 'SELECT pg_promote()')
  const lossless = `${server.url}?synchronousStandbys=true`
  assert.equal(await epochOf(postgresStoreEngine(lossless, { schema: 'taken_over' })), store.epoch)
  assert.equal(await epochOf(engine), store.epoch)
})

test('with synchronous standbys only a later timeline of the same log keeps the epoch', {
  skip,
}, async () => {
  const place = await testDatabase()
  const engine = postgresStoreEngine(place.url, { synchronousStandbys: true })
  let epoch = await epochOf(engine)
  const [log] = await ask(place.url, 'SELECT cluster FROM eventwright.eventwright_log')
  const [cluster, , table] = log?.cluster?.split('/') ?? []
  for (const [before, keeps] of [
    [`${cluster}/00000000/${table}`, true],
    [`${cluster}/FFFFFFFF/${table}`, false],
    [`1/00000000/${table}`, false],
    [`${cluster}/00000000/1`, false],
  ] as const) {
    await ask(place.url, 'UPDATE eventwright.eventwright_log SET cluster = $1', [before])
    const now = await epochOf(engine)
    assert.equal(now === epoch, keeps, before)
    assert.deepEqual(await ask(place.url, 'SELECT cluster FROM eventwright.eventwright_log'), [log])
    epoch = now
  }
  await place.drop()
})

test("a copy of the server's files is told apart by nothing but a new epoch by hand, which carries what it is told to", {
  skip,
}, async () => {
  if (server === undefined) return
  const engine = postgresStoreEngine(server.url)
  const before = await engine.openStore()
  await before.append('a', happened)
  await advance(before, 'relay', 0, 1)
  await advance(before, 'reader', 0, 1)
  await before.close()
  await server.stop()
  const copy = `${server.data}-copy`
  run('cp', ['-a', server.data, copy])
  await server.start()
  const lost = await engine.openStore()
  await lost.append('a', happened)
  await advance(lost, 'relay', 1, 2)
  await lost.close()
  await server.stop()
  rmSync(server.data, { recursive: true })
  run('mv', [copy, server.data])
  await server.start()

  assert.equal(await epochOf(engine), before.epoch)
  const epoch = await engine.renewEpoch({ carry: ['relay'] })
  const store = await engine.openStore()
  assert.equal(store.epoch, epoch)
  assert.equal(await store.checkpoint('relay'), 1)
  await assert.rejects(store.checkpoint('reader'), { code: 'EpochChanged' })
  await store.close()
})

test('a log that was read back elsewhere begins a new epoch: in another cluster, and in another database of its own', {
  skip,
}, async (t) => {
  const source = await testDatabase()
  const original = await postgresStoreEngine(source.url).openStore()
  await original.append('a', happened)
  const [log] = await ask(source.url, 'SELECT * FROM eventwright.eventwright_log')
  for (const target of [await testDatabase(14), await testDatabase()]) {
    t.after(() => target.drop())
    const engine = postgresStoreEngine(target.url)
    await (await engine.openStore()).close()
    // As a dump has it.
    await ask(target.url, 'UPDATE eventwright.eventwright_log SET epoch = $1, cluster = $2', [
      log?.epoch,
      log?.cluster,
    ])
    const epoch = await epochOf(engine)
    assert.notEqual(epoch, original.epoch)
    assert.equal(await epochOf(engine), epoch)
  }
  await original.close()
  await source.drop()
})

test('in a new epoch a log goes on behind its last position, also where it came without its sequences', {
  skip,
}, async () => {
  const place = await testDatabase()
  const engine = postgresStoreEngine(place.url)
  const before = await engine.openStore()
  for (const stream of ['a', 'b', 'c'])
    await before.append(stream, [{ type: 'Happened', data: {}, id: stream }])
  await before.close()
  // A gap, as a transaction that was rolled back leaves it; then as logical replication brings it to another cluster.
  await ask(
    place.url,
    `DELETE FROM eventwright.eventwright_events WHERE id = 'b';
     SELECT setval('eventwright.eventwright_positions', 1), setval('eventwright.eventwright_streams_key_seq', 1);
     UPDATE eventwright.eventwright_log SET cluster = '1/00000001/1'`,
  )
  const store = await engine.openStore()
  const { position, version } = await store.append('d', happened)
  assert.deepEqual([position, version], [4, 1])
  assert.equal((await store.read('d')).version, 1)
  await store.close()
  await place.drop()
})

test('a role that may not ask which server it is on keeps the epoch, and those who open at once agree', {
  skip,
}, async () => {
  const place = await testDatabase()
  const role = `asks_nothing_${new URL(place.url).pathname.slice(1)}`
  const engine = postgresStoreEngine(place.url)
  const first = await epochOf(engine)
  await ask(
    place.url,
    `REVOKE EXECUTE ON FUNCTION pg_control_system(), pg_walfile_name(pg_lsn) FROM PUBLIC;
     CREATE ROLE ${role} LOGIN PASSWORD 'asks'; GRANT USAGE ON SCHEMA eventwright TO ${role};
     GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA eventwright TO ${role}`,
  )
  const url = new URL(place.url)
  url.username = role
  url.password = 'asks'
  assert.equal(await epochOf(postgresStoreEngine(url.href)), first)
  assert.equal(await epochOf(engine), first)

  await ask(place.url, "UPDATE eventwright.eventwright_log SET cluster = '1/00000001/1'")
  const epochs = await Promise.all([1, 2, 3].map(() => epochOf(engine)))
  assert.equal(new Set(epochs).size, 1)
  assert.notEqual(epochs[0], first)
  await ask(place.url, `DROP OWNED BY ${role}; DROP ROLE ${role}`)
  await place.drop()
})

async function epochOf(engine: { openStore(): Promise<EventStore> }): Promise<string> {
  const store = await engine.openStore()
  await store.close()
  return store.epoch
}

function advance(store: EventStore, name: string, from: number, to: number): Promise<void> {
  return store.transaction((tx) => tx.checkpoint.advance(name, from, to))
}

/** Rows of whatever columns. */
async function ask(url: string, sql: string, values?: unknown[]): Promise<Record<string, string>[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query(sql, values)).rows
  } finally {
    await client.end()
  }
}

/** It reads what there is, and waits for more, until it is promoted. */
function asStandby(data: string): void {
  run('cp', ['-p', `${data}/PG_VERSION`, `${data}/standby.signal`])
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
}
