import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { exclusively } from './exclusive.ts'
import { machine } from './fixtures/machine.ts'

test('of many that begin at once each works alone, though each removes the lock file after it', async (t) => {
  const { cwd } = machine(t)
  let inside = 0
  let most = 0
  const one = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn++) {
      await exclusively(cwd, async () => {
        inside++
        most = Math.max(most, inside)
        await sleep(turn % 2)
        inside--
      })
    }
  }
  await Promise.all(Array.from({ length: 20 }, one))
  assert.equal(most, 1)
  assert.deepEqual(readdirSync(cwd), [])
})

test('several processes are never inside together', async (t) => {
  const { cwd } = machine(t)
  const args = [join(import.meta.dirname, 'fixtures/exclusive-process.ts'), cwd, '40']
  const processes = Array.from({ length: 3 }, () =>
    promisify(execFile)(process.execPath, ['--conditions=@eventwright/source', ...args], {
      timeout: 300_000,
    }),
  )
  await Promise.all(processes)
  assert.deepEqual(readdirSync(cwd), [])
})

test('a call of this process that waits does not let another process in', async (t) => {
  const { cwd } = machine(t)
  const args = [join(import.meta.dirname, 'fixtures/exclusive-process.ts'), cwd, '1']
  const order: string[] = []
  const entered = Promise.withResolvers<void>()
  const first = exclusively(cwd, async () => {
    writeFileSync(join(cwd, 'inside'), '', { flag: 'wx' })
    entered.resolve()
    await sleep(4000)
    unlinkSync(join(cwd, 'inside'))
    order.push('first')
  })
  await entered.promise
  const second = exclusively(cwd, async () => order.push('second'))
  await sleep(200)
  await promisify(execFile)(process.execPath, ['--conditions=@eventwright/source', ...args], {
    timeout: 300_000,
  })
  await Promise.all([first, second])
  assert.deepEqual(order, ['first', 'second'])
})

test('work that fails gives the lock back', async (t) => {
  const { cwd } = machine(t)
  await assert.rejects(
    exclusively(cwd, () => Promise.reject(new Error('no'))),
    /no/,
  )
  assert.equal(await exclusively(cwd, async () => 'yes'), 'yes')
})
