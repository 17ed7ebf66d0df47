import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type MemoryEngine, memory } from '../memory.ts'
import type { App } from './app.ts'
import { eventwright } from './eventwright.ts'
import { example } from './fixtures/shop.ts'

/** Of the example, what one process at a time does. */
const WITH_LEASE: ReadonlySet<string> = new Set(['projection:demand@1', 'relay'])

/** The engine, whose leases cannot be asked for while `away` says so. */
function leasesAway(engine: MemoryEngine, away: () => boolean): MemoryEngine {
  return {
    ...engine,
    async openStore(options) {
      const store = await engine.openStore(options)
      return {
        ...store,
        leases: {
          ...store.leases,
          async acquire(...given) {
            if (away()) throw new Error('the database is away')
            return store.leases.acquire(...given)
          },
        },
      }
    },
  }
}

async function inError(app: App): Promise<readonly string[]> {
  const { components } = await app.health()
  return components.filter(({ error }) => error !== undefined).map(({ name }) => name)
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < 2000 && !(await holds()); look++) await sleep(5)
}

test('a process that another one stands in for tells nothing of a trouble that is over', async () => {
  const engine = memory()
  let away = false
  await using _leader = await eventwright({ store: engine, run: example, leaseTime: 600 })
  await using other = await eventwright({
    store: leasesAway(engine, () => away),
    run: example,
    leaseTime: 600,
  })
  away = true
  await until(async () => WITH_LEASE.isSubsetOf(new Set(await inError(other))))
  assert.ok(WITH_LEASE.isSubsetOf(new Set(await inError(other))))
  away = false
  await until(async () => (await inError(other)).length === 0)
  assert.deepEqual(await inError(other), [])
})
