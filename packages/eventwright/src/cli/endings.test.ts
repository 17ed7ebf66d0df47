import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sqlite } from '@eventwright/core/sqlite'
import { ended, eventwright, folderWith, start, WORKED_EXAMPLE } from './fixtures/command.ts'

function runsIn(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => name.startsWith('eventwright'))
}

async function untilRunning(folder: string): Promise<void> {
  for (let tries = 0; runsIn(folder).length === 0; tries++) {
    assert.ok(tries < 1000, 'the run never made its temporary folder')
    await sleep(20)
  }
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`${signal} in the middle ends a run without a word, and its temporary folders are gone`, async (t) => {
    const folder = folderWith(t)
    const child = start(['run', WORKED_EXAMPLE], { env: { TMPDIR: folder } })
    const end = ended(child)
    await untilRunning(folder)
    child.kill(signal)
    const { code: ending, stderr } = await end
    assert.equal(ending, code)
    assert.equal(stderr, '')
    assert.deepEqual(runsIn(folder), [])
  })
}

test('a second SIGINT ends it at once, and the temporary folders are gone too', async (t) => {
  const folder = folderWith(t)
  const child = start(['run', WORKED_EXAMPLE], { env: { TMPDIR: folder } })
  const end = ended(child)
  await untilRunning(folder)
  child.kill('SIGINT')
  child.kill('SIGINT')
  assert.equal((await end).code, 130)
  assert.deepEqual(runsIn(folder), [])
})

test('a store that is kept goes on after SIGTERM: the next run passes on it', async (t) => {
  const cwd = folderWith(t)
  const args = [
    'run',
    WORKED_EXAMPLE,
    '--store',
    'sqlite:shop.db',
    '--broker',
    'sqlite:shop.db',
    '--scenario',
  ]
  const child = start([...args, 'an order is fulfilled', 'the gateway stays silent until the time-out'], {
    cwd,
  })
  const end = ended(child)
  while (!readdirSync(cwd).includes('shop.db-wal')) await sleep(20)
  child.kill('SIGTERM')
  assert.equal((await end).code, 143)
  const { code, stdout, stderr } = await eventwright([...args, 'an order is fulfilled'], { cwd })
  assert.equal(code, 0, stdout + stderr)
  const store = await sqlite(join(cwd, 'shop.db')).openStore()
  t.after(() => store.close())
  const { events } = await store.readAll({ tenant: 'an-order-is-fulfilled~2' })
  assert.ok(events.some(({ type }) => type === 'ShipmentCreated'))
})

test('a reader that goes away, as `head -1` does, ends it without a word', async (t) => {
  const folder = folderWith(t)
  const child = start(['run', WORKED_EXAMPLE], { env: { TMPDIR: folder } })
  const err: Buffer[] = []
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk))
  child.stdout?.once('data', () => child.stdout?.destroy())
  await once(child, 'exit')
  assert.equal(Buffer.concat(err).toString(), '')
  assert.equal(child.exitCode, 4)
  assert.deepEqual(runsIn(folder), [])
})

test('half an installation ends with one message, not in a circle of errors about errors', () => {
  const script = `
    import { registerHooks } from 'node:module'
    registerHooks({
      resolve(name, context, next) {
        if (name.endsWith('/explain.ts')) throw new Error('Cannot find package')
        return next(name, context)
      },
    })
    const { watchOver } = await import(${JSON.stringify(join(import.meta.dirname, 'last-words.ts'))})
    watchOver()
    Promise.reject(new Error('Cannot find what it needs'))
  `
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
    timeout: 60_000,
  })
  assert.equal(status, 4)
  assert.match(stderr, /^eventwright: Cannot find what it needs\n.*install eventwright anew\.\n$/)
})
