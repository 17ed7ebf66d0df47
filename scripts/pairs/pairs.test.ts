import assert from 'node:assert/strict'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { type Flow, loadFlow, perturbationsOf } from 'eventwright'
import { root } from '../setup.mjs'
import { differences } from './compare.ts'
import { PAIRS } from './pairs.ts'
import { type PairRun, runPair } from './run-pair.ts'

const { flow: loaded } = await loadFlow([
  join(root, 'skills/building-event-driven-architecture/examples/worked-order-processing.yaml'),
])
assert.ok(loaded)
const flow: Flow = loaded
const [memory, ...others] = PAIRS
assert.ok(memory)

/** One of each kind here; `npm run pairs -- --adversity` puts each scenario through all of them. */
const DISTURBED: Readonly<Record<string, string>> = {
  'a declined card releases the stock': 'interleave:1',
  'a suspected fraud never reaches the stock': 'twice',
  'there is not enough stock': 'crash',
  'the gateway stays silent until the time-out': 'late',
}

describe('every scenario of the worked flow comes to the same events', { timeout: 900_000 }, () => {
  let reference: PairRun

  before(async () => {
    reference = await runPair(memory, flow)
    assert.deepEqual(differences(reference, reference), [])
    assert.equal(reference.results.length, 18)
  })

  for (const pair of others) {
    test(`on ${pair.name} as in memory`, { skip: pair.missing }, async () => {
      assert.deepEqual(differences(reference, await runPair(pair, flow)), [])
    })
  }

  for (const pair of others.filter(({ name }) => name !== 'sqlite')) {
    test(`on ${pair.name} under adversity, each kind in one scenario`, { skip: pair.missing }, async () => {
      const scenarios = Object.keys(DISTURBED)
      const run = await runPair(pair, flow, {
        scenarios,
        adversity: (index) => perturbationsOf(DISTURBED[flow.scenarios[index]?.name ?? '']),
      })
      assert.deepEqual(differences(reference, run), [])
      for (const { scenario, adversity } of run.results) {
        assert.ok(Object.values(adversity?.disturbed ?? {}).flat().length > 0, scenario.name)
      }
      assert.equal(run.results.length, scenarios.length)
      assert.equal(run.events.size, 2 * scenarios.length)
    })
  }

  test('another type, version, stream or datum, an event more and one less, is a difference', () => {
    const tenant = 'an-order-is-fulfilled'
    const events = reference.events.get(tenant) ?? []
    const [first = '', ...rest] = events
    const wrong = [
      [first.replace('.v', '.v9'), ...rest],
      [first.replace('@0001', '@0002'), ...rest],
      [first.replace(/^\S+@/, 'Other-1@'), ...rest],
      [first.replace(/\}$/, ',"more":1}'), ...rest],
      [...events, first],
      rest,
      [],
    ]
    for (const changed of wrong) {
      const run = { ...reference, events: new Map([...reference.events, [tenant, changed]]) }
      assert.equal(differences(reference, run).length, 1, JSON.stringify(changed))
      const disturbed = { ...reference, events: new Map([...reference.events, [`${tenant}~2`, changed]]) }
      assert.equal(differences(reference, disturbed).length, 1, JSON.stringify(changed))
    }
    const without = { ...reference, events: new Map([...reference.events].filter(([of]) => of !== tenant)) }
    assert.equal(differences(reference, without).length, 1)
  })
})
