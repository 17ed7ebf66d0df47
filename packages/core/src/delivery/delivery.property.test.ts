import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { memoryBroker } from '../broker/index.ts'
import type { Component } from '../delivery/index.ts'
import { deadLetters, redrive } from '../delivery/index.ts'
import { memoryStoreEngine } from '../store/memory/index.ts'
import { heard, hearing, TOPIC, told } from '../testing/delivery/tales.ts'
import { eventually, openWorld, type Process, type World } from '../testing/delivery/world.ts'

const KEYS = ['a', 'b', 'c'] as const

/** What may happen, one after the other. A message may come again at any time after its first delivery. */
type Step =
  | { readonly kind: 'publish'; readonly key: (typeof KEYS)[number] }
  | { readonly kind: 'again'; readonly key: (typeof KEYS)[number]; readonly back: number }
  | { readonly kind: 'fail'; readonly key: (typeof KEYS)[number]; readonly times: number }
  | { readonly kind: 'kill'; readonly handled: number }
  | { readonly kind: 'killAfterCommit' }
  | { readonly kind: 'wait'; readonly milliseconds: number }
  | { readonly kind: 'redrive' }

const key = fc.constantFrom(...KEYS)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('publish' as const), key }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('again' as const), key, back: fc.nat({ max: 5 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('fail' as const), key, times: fc.integer({ min: 1, max: 6 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('kill' as const), handled: fc.nat({ max: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('killAfterCommit' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), milliseconds: fc.nat({ max: 500 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('redrive' as const) }) },
)

interface Run {
  readonly world: World
  process: Process
  consumer: Component
  readonly published: Map<string, number>
  readonly failing: Map<string, number>
  killIn: number | undefined
}

async function start(run: Run): Promise<void> {
  const process = await run.world.open()
  run.process = process
  run.killIn = undefined
  run.consumer = await process.start(
    hearing(process, {
      leaseTime: 30,
      batch: 4,
      retry: { attempts: 3, backoff: 100, crashes: 1000 },
      breaker: { parks: 1000 },
      async before({ message }) {
        if (run.killIn !== undefined && run.killIn-- <= 0) await process.kill()
        const times = run.failing.get(String(message.key)) ?? 0
        if (times === 0) return
        run.failing.set(String(message.key), times - 1)
        throw new Error('for now')
      },
    }),
  )
}

async function take(run: Run, step: Step): Promise<void> {
  const { published, failing, world } = run
  switch (step.kind) {
    case 'publish': {
      const version = (published.get(step.key) ?? 0) + 1
      published.set(step.key, version)
      return run.process.broker.publish(TOPIC, [told(step.key, version)])
    }
    case 'again': {
      const version = (published.get(step.key) ?? 0) - step.back
      return version < 1 ? undefined : run.process.broker.publish(TOPIC, [told(step.key, version)])
    }
    case 'fail':
      failing.set(step.key, step.times)
      return
    case 'kill':
      run.killIn = step.handled
      await new Promise((resolve) => setTimeout(resolve, 3))
      await run.process.kill()
      return start(run)
    case 'killAfterCommit':
      run.process.killAfterCommit()
      await new Promise((resolve) => setTimeout(resolve, 3))
      await run.process.kill()
      return start(run)
    case 'wait':
      return world.clock.advance(step.milliseconds)
    case 'redrive':
      await redrive(run.process.store, { consumer: 'listener' })
  }
}

/** Time goes on and what is parked is redriven until nothing is left to do. */
async function finish(run: Run): Promise<void> {
  run.failing.clear()
  await eventually(async () => {
    await run.world.clock.advance(60_000)
    await redrive(run.process.store, { consumer: 'listener' })
    assert.ok(await run.consumer.idle())
    assert.equal(await run.consumer.nextDue(), undefined)
    assert.deepEqual(await deadLetters(run.process.store), [])
  })
}

test('whatever comes twice, fails or is killed: each message has its effect once, in the order of its key', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const world = await openWorld({
        store: memoryStoreEngine(),
        broker: memoryBroker(),
        dispose: async () => {},
      })
      const process = await world.open()
      await process.broker.ensureTopic(TOPIC, { partitions: 2 })
      const run: Run = {
        world,
        process,
        consumer: hearing(process),
        published: new Map(),
        failing: new Map(),
        killIn: undefined,
      }
      await start(run)
      for (const step of steps) await take(run, step)
      await finish(run)
      for (const key of KEYS) {
        const versions = Array.from({ length: run.published.get(key) ?? 0 }, (_, at) => at + 1)
        assert.deepEqual(await heard(run.process, key), versions, `key ${key}`)
      }
      await world.close()
    }),
    { numRuns: 40 },
  )
})
