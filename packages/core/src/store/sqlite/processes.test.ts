import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sqliteStoreEngine } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'eventwright-processes-'))
after(() => rmSync(folder, { recursive: true }))

const store = import.meta.resolve('./index.ts')

/** Runs `body` in a process of its own, with `store` open on the file and `name` telling it apart. */
function child(path: string, name: string, body: string): ChildProcess {
  const script = `
    import { sqliteStoreEngine } from ${JSON.stringify(store)}
    const name = ${JSON.stringify(name)}
    const store = await sqliteStoreEngine(${JSON.stringify(path)}).openStore()
    ${body}
    await store.close()
  `
  return spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

test('three processes that append to the same streams with expect lose nothing and leave no gap', async () => {
  const path = join(folder, 'expect.db')
  const body = `
    let done = 0
    while (done < 60) {
      const stream = 's-' + (done % 3)
      const { version } = await store.read(stream, { limit: 0 })
      const data = { name, done }
      try {
        await store.append(stream, [{ type: 'Happened', data }], { expect: version })
        done++
      } catch (error) {
        if (error.code !== 'ConcurrencyError') throw error
      }
    }`
  const children = ['one', 'two', 'three'].map((name) => child(path, name, body))
  for (const process of children) assert.deepEqual(await exited(process), 0)
  const log = await sqliteStoreEngine(path).openStore()
  const seen = new Set<string>()
  for (const stream of ['s-0', 's-1', 's-2']) {
    const { events } = await log.read(stream)
    assert.deepEqual(
      events.map(({ version }) => version),
      Array.from({ length: 60 }, (_, n) => n + 1),
    )
    for (const { data } of events) seen.add(JSON.stringify(data))
  }
  assert.equal(seen.size, 180)
  await log.close()
})

test('three processes whose units read and write one document count right', async () => {
  const path = join(folder, 'units.db')
  const body = `
    for (let n = 0; n < 40; n++) {
      await store.transaction(async (tx) => {
        const count = (await tx.documents('d').get('count')) ?? 0
        await tx.append('counted', [{ type: 'Counted', data: { count } }])
        tx.documents('d').put('count', count + 1)
      })
    }`
  const children = ['one', 'two', 'three'].map((name) => child(path, name, body))
  for (const process of children) assert.equal(await exited(process), 0)
  const log = await sqliteStoreEngine(path).openStore()
  assert.equal(await log.documents('d').get('count'), 120)
  const { events } = await log.read('counted')
  assert.deepEqual(
    events.map(({ data }) => data),
    Array.from({ length: 120 }, (_, count) => ({ count })),
  )
  await log.close()
})

test('a process killed in the middle of its flushes leaves no half of a unit', async () => {
  const path = join(folder, 'killed.db')
  const body = `
    for (;;) {
      await Promise.all([0, 1, 2, 3].map((lane) => store.transaction(async (tx) => {
        const n = (await tx.documents('d').get(name + lane)) ?? 0
        await tx.append('left-' + lane, [{ type: 'Left', data: { name, n } }])
        await tx.append('right-' + lane, [{ type: 'Right', data: { name, n } }, { type: 'Right', data: { name, n } }])
        tx.documents('d').put(name + lane, n + 1)
        const at = await tx.checkpoint.get('c' + lane)
        await tx.checkpoint.advance('c' + lane, at, at + 1)
      })))
    }`
  for (let round = 0; round < 5; round++) {
    const running = child(path, `round-${round}-`, body)
    const log = await sqliteStoreEngine(path).openStore()
    const before = await log.head()
    while ((await log.head()) === before) await sleep(5)
    await sleep(20 + 17 * round)
    running.kill('SIGKILL')
    await once(running, 'exit')
    await checkHalves(log)
    await log.append('after', [{ type: 'After', data: round }], { expect: round })
    await log.close()
  }
})

async function checkHalves(log: Awaited<ReturnType<ReturnType<typeof sqliteStoreEngine>['openStore']>>) {
  const counts = await log.documents<number>('d').list()
  for (const lane of [0, 1, 2, 3]) {
    const left = await log.read(`left-${lane}`)
    const right = await log.read(`right-${lane}`)
    assert.equal(right.version, 2 * left.version)
    assert.equal(right.events.length, right.version)
    assert.equal(await log.checkpoint(`c${lane}`), left.version)
    const counted = counts
      .filter(({ id }) => id.endsWith(`-${lane}`))
      .reduce((sum, { value }) => sum + value, 0)
    assert.equal(counted, left.version)
  }
}

async function exited(process: ChildProcess): Promise<number | null> {
  if (process.exitCode !== null) return process.exitCode
  const [code] = await once(process, 'exit')
  return code
}
