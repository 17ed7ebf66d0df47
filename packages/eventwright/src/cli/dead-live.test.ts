import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { countDeadLetters, deadLetters, droppedDeadLetters, type EventStore } from '@eventwright/core'
import { sqlite } from '@eventwright/core/sqlite'
import { ended, FIXTURES, start } from './fixtures/command.ts'

// What is opened in this process is the release that cannot ring; the services that are started are mended.
process.env.TOWER_BROKEN = '1'
const { commandOf, openTower, towerFile } = await import('./fixtures/tower-store.ts')

const MENDED = { TOWER_BROKEN: '' }

/** Bells `b-0`, `b-1` …, each with so many commands that are parked. */
async function parked(file: string, bells: number, each: number): Promise<void> {
  await using app = await openTower(file)
  const commands = Array.from({ length: bells * each }, (_, n) =>
    commandOf(`b-${n % bells}`, `${n % bells}/${Math.floor(n / bells)}`, { times: 1, by: 'ann' }),
  )
  await app.broker.publish('bells.commands', commands)
  await app.idle({ timeout: 120_000 })
}

/** The mended service as a process of its own, killed at the end. */
async function service(t: TestContext, file: string): Promise<ChildProcess> {
  const child = fork(join(FIXTURES, 'tower-service.ts'), [file], {
    execArgv: ['--conditions=@eventwright/source'],
    env: { ...process.env, NODE_OPTIONS: '', ...MENDED },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  t.after(() => child.kill('SIGKILL'))
  await once(child, 'message')
  return child
}

async function looking<Result>(file: string, look: (store: EventStore) => Promise<Result>): Promise<Result> {
  const store = await sqlite(file, { readOnly: true }).openStore()
  try {
    return await look(store)
  } finally {
    await store.close()
  }
}

/** Looks until it holds; a hang ends with the test. */
async function until(file: string, holds: (store: EventStore) => Promise<boolean>): Promise<void> {
  await looking(file, async (store) => {
    while (!(await holds(store))) await sleep(2)
  })
}

const isEmpty = async (store: EventStore): Promise<boolean> => (await countDeadLetters(store)).letters === 0

/** The command ids that a bell's stream has events of, in their order. */
async function rung(store: EventStore, bell: string): Promise<readonly string[]> {
  const { events } = await store.read(`bell-${bell}`)
  return events.map(({ metadata }) => metadata.commandId ?? '')
}

const dead = (file: string, ...args: readonly string[]): ChildProcess =>
  start(['dead', ...args, '--store', `sqlite:${file}`], { env: MENDED })

test('a redrive only marks: the service beside it does the work, in order', {
  timeout: 240_000,
}, async (t) => {
  const file = towerFile(t)
  await parked(file, 2, 3)
  const marked = await ended(dead(file, 'redrive', '--all'))
  assert.deepEqual([marked.code, marked.stdout.slice(0, 32)], [0, 'Marked 2 keys with 6 messages. A'])
  await looking(file, async (store) => {
    const letters = await deadLetters(store)
    assert.ok(letters.length === 6 && letters.every(({ redriveSince }) => redriveSince !== undefined))
  })
  await service(t, file)
  await until(file, isEmpty)
  await looking(file, async (store) => {
    assert.deepEqual(await rung(store, 'b-0'), ['0/0', '0/1', '0/2'])
    assert.deepEqual(await rung(store, 'b-1'), ['1/0', '1/1', '1/2'])
  })
})

test('redriven and dropped at once, each message is handled or dropped, in order, by one of them', {
  timeout: 240_000,
}, async (t) => {
  const file = towerFile(t)
  const [bells, each] = [8, 4]
  await parked(file, bells, each)
  await service(t, file)
  const asked = [
    dead(file, 'redrive', '--all'),
    dead(file, 'drop', '--consumer', 'bells', '--yes', '--reason', 'race'),
  ]
  for (const { code, stderr } of await Promise.all(asked.map(ended))) assert.equal(code, 0, stderr)
  await until(file, isEmpty)
  await looking(file, async (store) => {
    const dropped = new Set((await droppedDeadLetters(store)).map(({ messageId }) => messageId))
    assert.equal(dropped.size, (await droppedDeadLetters(store)).length)
    for (let bell = 0; bell < bells; bell++) {
      const all = Array.from({ length: each }, (_, n) => `${bell}/${n}`)
      assert.deepEqual(
        await rung(store, `b-${bell}`),
        all.filter((id) => !dropped.has(id)),
      )
      const { events } = await store.read(`command:bell-b-${bell}`)
      assert.equal(events.length, each, 'each is answered once')
    }
    assert.deepEqual(await countDeadLetters(store), { letters: 0, keys: 0 })
  })
})

test('a drop that is killed in the middle has dropped some and lost none: asked again, it goes on', {
  timeout: 240_000,
}, async (t) => {
  const file = towerFile(t)
  await parked(file, 60, 5)
  const args = ['drop', '--all', '--yes', '--reason', 'killed'] as const
  const child = dead(file, ...args)
  const end = ended(child)
  await until(file, async (store) => (await droppedDeadLetters(store)).length > 0)
  child.kill('SIGKILL')
  await end
  await looking(file, async (store) => {
    const dropped = await droppedDeadLetters(store, { limit: 1000 })
    const left = await deadLetters(store)
    assert.deepEqual(
      [dropped.length + left.length, (await countDeadLetters(store)).letters],
      [300, left.length],
    )
  })
  await ended(dead(file, ...args))
  await looking(file, async (store) => {
    assert.equal(new Set((await droppedDeadLetters(store, { limit: 1000 })).map(({ id }) => id)).size, 300)
    assert.deepEqual(await deadLetters(store), [])
  })
})
