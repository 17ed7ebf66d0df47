// A short chaos on the engines of production, and proof that its checks see what stands there.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { withoutKafka } from '../../kafka/broker.mjs'
import { withoutPostgres } from '../../postgres/server.mjs'
import { runChaos } from '../run.ts'
import { stageOf } from '../stages.ts'
import { offencesOf } from '../truth/index.ts'
import type { Outage } from './engines.ts'
import { plannedOutage } from './outages.ts'

const QUICK = { kills: 3, orders: 12, seed: 'short' }
/** PostgreSQL is stopped every 3 to 6 s; six processes, of which two are restarted in order. */
const SMALL = { pace: 1.6, leaseTime: 3000, pairs: ['orders'], restarts: ['orders'] } as const

const WITHOUT = {
  postgres: withoutPostgres(),
  kafka: withoutPostgres() || withoutKafka(),
}

for (const engine of ['postgres', 'kafka'] as const) {
  test(`five services whose processes and servers are killed lose nothing and double nothing, on ${engine}`, {
    skip: WITHOUT[engine],
    timeout: 560_000,
  }, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'eventwright-chaos-'))
    t.after(() => rmSync(folder, { recursive: true, force: true }))
    const stage = await stageOf({ engine, layout: 'services', folder, seed: QUICK.seed, ...SMALL })
    t.after(() => stage.close())
    const told: string[] = []
    const seen = await runChaos({ ...QUICK, stage, onProgress: (line) => told.push(line) })
    assert.deepEqual(seen.troubles, [], told.join('\n'))
    const truth = await stage.truth()
    assert.deepEqual(offencesOf(truth, seen), [])
    assert.equal(seen.killed, QUICK.kills)
    assert.equal(seen.accepted.size + seen.refused.size, QUICK.orders)
    assert.ok(truth.messages.length > 0)
    assert.match(stage.figures(), /^[1-9]\d* outages of PostgreSQL.*2 restarts in order/)
  })
}

test('the seed repeats the order of outages, and the ways of going down take turns', () => {
  const down = async () => {}
  const ways = [
    { how: 'killed', down },
    { how: 'stopped', down },
  ]
  const outage: Outage = { what: 'it', every: [5000, 10_000], lasts: [100, 1500], ways, up: down }
  const planned = (seed: string) =>
    Array.from({ length: 50 }, (_, number) => plannedOutage(outage, number, { seed, pace: 1 }))
  assert.deepEqual(planned('7'), planned('7'))
  assert.notDeepEqual(planned('7'), planned('8'))
  assert.deepEqual(
    planned('7').map(({ way }) => way.how),
    Array.from({ length: 50 }, (_, number) => (number % 2 === 0 ? 'killed' : 'stopped')),
  )
  assert.ok(planned('7').every(({ after }) => after >= 5000 && after < 10_000))
})
