import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { eventually, message } from '../../testing/broker/observe.ts'
import { openSqliteStorage, sqliteBroker } from './sqlite-broker.ts'

interface Effect {
  readonly pid: number
  readonly id: string
  readonly key: string
  readonly partition: number
  readonly offset: number
  readonly token: number
}

const program = fileURLToPath(new URL('../fixtures/consume.ts', import.meta.url))

class Place implements AsyncDisposable {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'eventwright-processes-'))
  readonly database: string = join(this.folder, 'broker.db')
  readonly effectsFile: string = join(this.folder, 'effects.ndjson')
  readonly children: ChildProcess[] = []

  async start(hang = ''): Promise<ChildProcess> {
    const child = spawn(process.execPath, [program, this.database, this.effectsFile, hang], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.children.push(child)
    await once(child.stdout, 'data')
    return child
  }

  effects(): Effect[] {
    const lines = readFileSync(this.effectsFile, { encoding: 'utf8', flag: 'a+' }).split('\n')
    return lines.slice(0, -1).map((line) => JSON.parse(line))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.children.map(kill))
    rmSync(this.folder, { recursive: true })
  }
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

suite('broker in one file of several processes', { concurrency: 2 }, () => {
  test('of three processes in one group one is killed: nothing is lost, and keys keep their order', async () => {
    await using place = new Place()
    const broker = await sqliteBroker(place.database).openBroker()
    await using stack = new AsyncDisposableStack()
    stack.adopt(broker, (open) => open.close())
    const storage = stack.adopt(await openSqliteStorage(place.database), (open) => open.close())
    await broker.ensureTopic('t')
    const [victim] = await Promise.all([place.start(), place.start(), place.start()])
    const total = 600
    const publishing = (async () => {
      for (let at = 0; at < total; at += 4) {
        await Promise.all(
          [0, 1, 2, 3].map((more) =>
            broker.publish('t', [message(`m-${at + more}`, `k${(at + more) % 23}`)]),
          ),
        )
        await sleep(2)
      }
    })()
    await eventually(() => assert.ok(place.effects().filter(({ pid }) => pid === victim.pid).length > 40))
    await kill(victim)
    const atKill = place.effects().length
    const committed = new Map(
      (await storage.progress('g')).map(({ partition, committed: offset }) => [partition, offset]),
    )
    await publishing
    await eventually(async () => assert.equal(await broker.groupLag('g'), 0))

    const effects = place.effects()
    assert.equal(new Set(effects.map(({ id }) => id)).size, total)
    assert.equal(new Set(effects.map(({ pid }) => pid)).size, 3)
    const first = new Map<string, Effect>()
    const lastOfKey = new Map<string, number>()
    for (const [index, effect] of effects.entries()) {
      const before = first.get(effect.id)
      // Where a partition moved while a slow member drained, a message may come again before the kill too.
      if (before && index < atKill) continue
      if (before) {
        // Not only from the killed process: one that had no turn for longer than its session lost its partitions too.
        assert.notEqual(effect.token, before.token, 'only where the partition changed hands it comes again')
        assert.ok(effect.offset >= (committed.get(effect.partition) ?? 0), 'and only what was not committed')
        continue
      }
      first.set(effect.id, effect)
      assert.ok(effect.offset > (lastOfKey.get(effect.key) ?? -1), `${effect.key} in order`)
      lastOfKey.set(effect.key, effect.offset)
    }
    const survivors = effects.slice(-100).map(({ pid }) => pid)
    assert.ok(!survivors.includes(victim.pid ?? 0))
  })

  test('a consumer that is killed between effect and acknowledgement gets the message again', async () => {
    await using place = new Place()
    const broker = await sqliteBroker(place.database).openBroker()
    await using stack = new AsyncDisposableStack()
    stack.adopt(broker, (open) => open.close())
    await broker.ensureTopic('t', { partitions: 1 })
    await broker.publish('t', [message('m-0', 'k'), message('m-1', 'k'), message('m-2', 'k')])
    const victim = await place.start('m-1')
    await eventually(() => assert.equal(place.effects().at(-1)?.id, 'm-1'))
    await eventually(async () => assert.equal(await broker.groupLag('g'), 2))
    await kill(victim)
    await place.start()
    await eventually(() =>
      assert.deepEqual(
        place.effects().map(({ id }) => id),
        ['m-0', 'm-1', 'm-1', 'm-2'],
      ),
    )
    await eventually(async () => assert.equal(await broker.groupLag('g'), 0))
  })

  test('a process that was stopped for longer than its session commits nothing when it goes on', async () => {
    await using place = new Place()
    const broker = await sqliteBroker(place.database).openBroker()
    await using stack = new AsyncDisposableStack()
    stack.adopt(broker, (open) => open.close())
    await broker.ensureTopic('t', { partitions: 1 })
    const zombie = await place.start('m-1')
    await broker.publish('t', [message('m-0', 'k'), message('m-1', 'k'), message('m-2', 'k')])
    await eventually(() => assert.equal(place.effects().at(-1)?.id, 'm-1'))
    await eventually(async () => assert.equal(await broker.groupLag('g'), 2))
    zombie.kill('SIGSTOP')
    await place.start('m-2')
    await eventually(() => assert.equal(place.effects().at(-1)?.id, 'm-2'))
    await eventually(async () => assert.equal(await broker.groupLag('g'), 1))
    zombie.kill('SIGCONT')
    await broker.publish('t', [message('m-3', 'k')])
    await sleep(400)
    assert.equal(await broker.groupLag('g'), 2)
    const tokens = place.effects().map(({ id, token }) => `${id}/${token}`)
    assert.deepEqual(tokens, ['m-0/1', 'm-1/1', 'm-1/2', 'm-2/2'])
  })
})
