import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { sqlite } from '@eventwright/core/sqlite'
import { ended, eventwright, folderWith, start, WORKED_EXAMPLE } from './fixtures/command.ts'
import { type Gate, gateIn } from './fixtures/gate.ts'

function runsIn(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => name.startsWith('eventwright'))
}

/** The worked flow, which stands still when its first order is about to be shipped. */
function gated(folder: string): { readonly flow: string; readonly gate: Gate } {
  const gate = gateIn(folder)
  const worked = readFileSync(WORKED_EXAMPLE, 'utf8')
  const flow = join(folder, 'shop.yaml')
  writeFileSync(
    flow,
    worked.replace('emit: ShipmentCreated', 'decide: ./ship.mjs#ship, emit: ShipmentCreated'),
  )
  const decide = `import { pass } from './gate.mjs'
export function ship(_state, { lines }) {
  pass()
  return { type: 'ShipmentCreated', data: { lines } }
}
`
  writeFileSync(join(folder, 'ship.mjs'), decide)
  return { flow, gate }
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`${signal} in the middle ends a run without a word, and its temporary folders are gone`, async (t) => {
    const folder = folderWith(t)
    const { flow, gate } = gated(folder)
    const child = start(['run', flow], { env: { TMPDIR: folder } })
    const end = ended(child)
    const go = await gate.reached(child)
    assert.notDeepEqual(runsIn(folder), [])
    child.kill(signal)
    go()
    const { code: ending, stderr } = await end
    assert.equal(ending, code)
    assert.equal(stderr, '')
    assert.deepEqual(runsIn(folder), [])
  })
}

test('a second SIGINT ends it at once, and the temporary folders are gone too', async (t) => {
  const folder = folderWith(t)
  const { flow, gate } = gated(folder)
  const child = start(['run', flow], { env: { TMPDIR: folder } })
  const end = ended(child)
  const go = await gate.reached(child)
  child.kill('SIGINT')
  child.kill('SIGINT')
  go()
  assert.equal((await end).code, 130)
  assert.deepEqual(runsIn(folder), [])
})

test('a store that is kept goes on after SIGTERM: the next run passes on it', async (t) => {
  const cwd = folderWith(t)
  const { flow, gate } = gated(cwd)
  const args = ['run', flow, '--store', 'sqlite:shop.db', '--broker', 'sqlite:shop.db', '--scenario']
  const child = start([...args, 'an order is fulfilled', 'the gateway stays silent until the time-out'], {
    cwd,
  })
  const end = ended(child)
  const go = await gate.reached(child)
  child.kill('SIGTERM')
  go()
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
  const { flow, gate } = gated(folder)
  const child = start(['run', flow], { env: { TMPDIR: folder } })
  const { stdout, stderr } = child
  assert.ok(stdout && stderr)
  const err = text(stderr)
  const end = once(child, 'exit')
  await once(stdout, 'data')
  const go = await gate.reached(child)
  stdout.destroy()
  await once(stdout, 'close')
  go()
  assert.deepEqual(await end, [4, null])
  assert.equal(await err, '')
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
    timeout: 180_000,
  })
  assert.equal(status, 4)
  assert.match(stderr, /^eventwright: Cannot find what it needs\n.*install eventwright anew\.\n$/)
})
