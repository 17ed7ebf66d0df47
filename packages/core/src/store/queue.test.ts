import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { Contended } from './contended.ts'
import type { Engine } from './engine.ts'
import { emptyData } from './memory/data.ts'
import { memoryEngine } from './memory/engine.ts'
import { openStore } from './open.ts'

interface Flown {
  readonly engine: Engine
  readonly most: () => number
}

/** A real engine that takes its time as one behind a network does: flushes end in any order, and some are contended. */
function slow(flights: number, waits: () => number): Flown {
  const engine = memoryEngine('memory:', emptyData(), {})
  let flying = 0
  let most = 0
  let inRow = 0
  return {
    most: () => most,
    engine: {
      ...engine,
      flights,
      async flush(needs, settle, options) {
        const wait = waits()
        flying++
        most = Math.max(most, flying)
        await sleep(wait % 3)
        flying--
        inRow = wait === 7 && inRow < 3 ? inRow + 1 : 0
        if (inRow > 0) throw new Contended()
        await engine.flush(needs, settle, options)
        await sleep(wait % 2)
      },
    },
  }
}

test('whatever flushes are in flight, callers on one stream are answered, and its events stand, in order of arrival', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.array(fc.nat(7), { minLength: 5, maxLength: 30 }),
      fc.array(fc.array(fc.nat(12), { maxLength: 90 }), { minLength: 1, maxLength: 5 }),
      async (flights, waits, turns) => {
        let asked = 0
        const { engine, most } = slow(flights, () => waits[asked++ % waits.length] ?? 0)
        const store = openStore(engine)
        const answers = new Map<string, number[]>()
        const sent = new Map<string, number[]>()
        const calls: Promise<unknown>[] = []
        let n = 0
        for (const turn of turns) {
          for (const number of turn) {
            const stream = `s-${number}`
            const data = n++
            sent.set(stream, [...(sent.get(stream) ?? []), data])
            const call = store.append(stream, [{ type: 'Happened', data }]).then(() => {
              answers.set(stream, [...(answers.get(stream) ?? []), data])
            })
            calls.push(call)
          }
          await new Promise(setImmediate)
        }
        await Promise.all(calls)
        assert.ok(most() <= flights + 4)
        for (const [stream, list] of sent) {
          assert.deepEqual(answers.get(stream), list)
          assert.deepEqual(
            (await store.read(stream)).events.map(({ data }) => data),
            list,
          )
        }
        assert.equal(store.health().queued, 0)
        await store.close()
      },
    ),
    { numRuns: 40 },
  )
})
