import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { storeEngine } from '../engines.ts'
import { freshSchemas } from '../testing/fixtures/postgres.ts'
import type { App } from './app.ts'
import { eventwright } from './eventwright.ts'
import { type Place, pay, tillRun } from './fixtures/till.ts'

const folder = await mkdtemp(join(tmpdir(), 'eventwright-instances-'))
const children = new Set<ChildProcess>()
after(async () => {
  for (const child of children) child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

interface Instance {
  readonly child: ChildProcess
  /** Resolves when it says this. */
  said(line: string): Promise<void>
}

async function start(url: string, place: Place | 'nowhere'): Promise<Instance> {
  const program = join(import.meta.dirname, 'fixtures/freezing.ts')
  const child = spawn(process.execPath, [program, url, place], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.add(child)
  const lines = new Set<string>()
  const reader = createInterface({ input: child.stdout })
  reader.on('line', (line) => lines.add(line))
  async function said(line: string): Promise<void> {
    while (!lines.has(line)) await once(reader, 'line')
  }
  await said('up')
  return { child, said }
}

async function end({ child }: Instance): Promise<void> {
  child.kill('SIGTERM')
  const [code] = await once(child, 'exit')
  children.delete(child)
  assert.equal(code, 0)
}

function front(url: string): Promise<App> {
  return storeEngine(url).then((store) =>
    eventwright({ store, run: tillRun(() => {}), topic: { publish: 'all' }, start: false }),
  )
}

async function payAll(app: App, from: number, to: number): Promise<void> {
  for (let till = from; till < to; till++) await app.execute(pay(till), { commandId: `pay-${till}` })
}

/** Each payment once: in the consumer's count, in the read model, and in a thank-you of the saga. */
async function counts(app: App, payments: number): Promise<readonly (number | undefined)[]> {
  const streams = Array.from({ length: payments }, (_, till) => app.store.read(`till-t-${till}`))
  const events = (await Promise.all(streams)).flatMap((slice) => slice.events)
  const receipts = await app.store.documents<number>('receipts').get('count')
  const sum = await app.documents<number>('sums').get('sum')
  return [receipts, sum, events.filter(({ type }) => type === 'Thanked').length]
}

async function allDone(app: App, payments: number): Promise<void> {
  while (!(await counts(app, payments)).every((count) => (count ?? 0) >= payments)) await sleep(20)
}

const schemas = freshSchemas('several instances on PostgreSQL')
const files = (): string => `sqlite:${join(folder, randomUUID())}.db`
// What is written is refused by the same code on every engine: leases and fences are each engine's own.
const places: readonly (readonly [Place, (() => string) | undefined])[] = [
  ['consumer', files],
  ['relay', files],
  ['projection', schemas],
  ['timer', schemas],
]

suite('several instances of a service', { concurrency: true }, () => {
  for (const [place, urlOf] of places) {
    const skip = urlOf === undefined
    test(`an instance that stands still in the ${place} past its lease does nothing twice when it goes on`, {
      timeout: 120_000,
      skip,
    }, async () => {
      const url = urlOf?.() ?? ''
      await using app = await front(url)
      const zombie = await start(url, place)
      await payAll(app, 0, 5)
      await zombie.said('frozen')
      const other = await start(url, 'nowhere')
      await allDone(app, 5)
      zombie.child.kill('SIGCONT')
      await payAll(app, 5, 10)
      await allDone(app, 10)
      // Both drain: what the zombie was about to write is written, or refused, by then.
      await end(zombie)
      await end(other)
      assert.deepEqual(await counts(app, 10), [10, 10, 10])
      assert.deepEqual(await app.deadLetters(), [])
    })
  }
})
