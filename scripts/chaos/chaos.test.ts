// A short chaos in both layouts, and proof that its checks see what they are there for.
import assert from 'node:assert/strict'
import { cpSync, mkdtempDisposableSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, test } from 'node:test'
import { filesStage, filesTruth } from './files-stage.ts'
import { killsOf } from './kills.ts'
import { BROKER_FILE, LAYOUTS, type LayoutName, storeFileOf, victimsOf } from './layout.ts'
import { runChaos, type Seen } from './run.ts'
import { offencesOf } from './truth/index.ts'
import { COMPILED } from './worker-process.ts'

const QUICK = { kills: 3, orders: 20, seed: 'short' }

test('the seed repeats the order of kills', () => {
  const kills = (seed: string, count: number) => killsOf(seed, count, 700, victimsOf)
  assert.deepEqual(kills('7', 50), kills('7', 50))
  assert.deepEqual(kills('7', 50).slice(0, 20), kills('7', 20))
  assert.notDeepEqual(kills('7', 50), kills('8', 50))
})

describe('two processes that are killed with -9 and started again', {
  concurrency: 2,
  timeout: 300_000,
}, () => {
  const folders: string[] = []
  after(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })

  for (const layout of LAYOUTS) {
    test(`lose nothing and double nothing, as ${layout}`, async (t) => {
      const folder = mkdtempSync(join(tmpdir(), 'eventwright-chaos-'))
      folders.push(folder)
      const told: string[] = []
      const stage = await filesStage({ folder, layout, seed: QUICK.seed, leaseTime: 400, patience: '3s' })
      const seen = await runChaos({ ...QUICK, stage, onProgress: (line) => told.push(line) })
      assert.deepEqual(seen.troubles, [], told.join('\n'))
      assert.deepEqual(offencesOf(await filesTruth(folder, layout), seen), [])
      assert.equal(seen.killed, QUICK.kills)
      assert.equal(seen.accepted.size + seen.refused.size, QUICK.orders)
      if (layout === 'split')
        await t.test('and the checks see what was spoilt', () => seesSpoilt(folder, layout, seen))
    })
  }
})

/** What is done to the files of a good run, and the check that must see it. */
const SPOILT: readonly (readonly [file: string, sql: string, check: RegExp])[] = [
  [store('a'), inStream('Order', 'OrderPlaced', 'DELETE'), /gapless/],
  [store('a'), inStream('Order', 'OrderPlaced', 'DELETE'), /accepted is there/],
  [
    store('a'),
    inStream('Order', 'OrderConfirmed', "UPDATE SET type = 'OrderCancelled'"),
    /saga, which ended/,
  ],
  [
    store('a'),
    'UPDATE eventwright_events SET id = (SELECT min(id) FROM eventwright_events)',
    /id stands twice/,
  ],
  [store('a'), again('OrderConfirmed'), /has an effect twice/],
  [store('a'), again('eventwright.CommandHandled'), /is answered twice/],
  [store('a'), 'UPDATE eventwright_checkpoints SET position = position - 1', /head of their log/],
  [store('a'), "UPDATE eventwright_documents SET value = '{}'", /OrderSummary is what/],
  [store('a'), 'UPDATE eventwright_inbox_marks SET version = version - 1', /inbox has marked/],
  [
    store('a'),
    "INSERT INTO eventwright_timers VALUES ('', 'saga:Fulfilment', 't', 1, 1, '{}')",
    /waits for time/,
  ],
  [
    store('a'),
    "INSERT INTO eventwright_documents VALUES ('', 'eventwright.dead', 'd', 1, '{}')",
    /nothing is parked/,
  ],
  [store('b'), inStream('Stock', 'StockReleased', 'DELETE'), /held of the stock/],
  [store('b'), inStream('Payment', 'PaymentAuthorized', 'DELETE'), /order is paid/],
  [store('b'), inStream('Shipment', 'ShipmentCreated', 'DELETE'), /shipped once/],
  [store('b'), 'UPDATE eventwright_documents SET value = \'{"available":1}\'', /StockLevel is what/],
  [
    BROKER_FILE,
    "DELETE FROM eventwright_messages WHERE value LIKE '%OrderPlaced%'",
    /is published has a message/,
  ],
  [
    BROKER_FILE,
    'DELETE FROM eventwright_messages WHERE value LIKE \'%"type":"ScreenOrder"%\'',
    /means to send/,
  ],
  [BROKER_FILE, 'UPDATE eventwright_offsets SET committed = 0', /is acknowledged/],
]

function store(worker: 'a' | 'b'): string {
  return storeFileOf('split', worker)
}

/** The last event of a type once more, as the next one of its stream. */
function again(type: string): string {
  return `INSERT INTO eventwright_events
    SELECT (SELECT max(position) + 1 FROM eventwright_events), stream, version + 1, 'another', type,
      schema_version, recorded_at, data, metadata
    FROM eventwright_events WHERE type = '${type}' ORDER BY position DESC LIMIT 1`
}

function inStream(kind: string, type: string, what: string): string {
  const where = `WHERE type = '${type}' AND stream IN (SELECT key FROM eventwright_streams WHERE name LIKE '${kind}-%')`
  return what === 'DELETE'
    ? `DELETE FROM eventwright_events ${where}`
    : `${what.replace('UPDATE', 'UPDATE eventwright_events')} ${where}`
}

async function seesSpoilt(folder: string, layout: LayoutName, seen: Seen): Promise<void> {
  let spoilt = 0
  for (const [file, sql, check] of SPOILT) {
    using place = mkdtempDisposableSync(join(tmpdir(), 'eventwright-spoilt-'))
    const copy = place.path
    cpSync(folder, copy, { recursive: true, filter: (path) => !path.endsWith(COMPILED) })
    const database = new DatabaseSync(join(copy, file))
    const { changes } = database.prepare(sql).run()
    database.close()
    // On a slow machine every payment may have timed out: then nothing was confirmed that could be spoilt.
    if (Number(changes) === 0) continue
    spoilt++
    const found = offencesOf(await filesTruth(copy, layout), seen).map((offence) => offence.check)
    assert.ok(
      found.some((name) => check.test(name)),
      `${sql}\nfound: ${found.join(', ') || 'nothing'}`,
    )
  }
  assert.ok(spoilt >= SPOILT.length / 2, `${spoilt} of ${SPOILT.length} were there to be spoilt`)
}
