import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { mutated, randomFrom, SCHEMAS, wholeEvent } from './fixtures/shop.ts'
import { ENVELOPE_SCHEMA, loadSchemas, validateEvents } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'eventwright-differential-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const EVENTS = 100_000
const SEED = Number(process.env.EVENTWRIGHT_SEED ?? Date.now() % 1_000_000)

test(`of ${EVENTS} events, good and mutated, exactly those are bad that ajv refuses (seed ${SEED})`, async () => {
  const random = randomFrom(SEED)
  const events = Array.from({ length: EVENTS }, (_, n) =>
    JSON.stringify(mutated(wholeEvent(n, random), random)),
  )
  const file = join(folder, 'events.ndjson')
  writeFileSync(file, `${events.join('\n')}\n`)
  const catalog = join(folder, 'catalog.json')
  const types = Object.keys(SCHEMAS)
  for (const type of types) writeFileSync(join(folder, `${type}.json`), JSON.stringify(SCHEMAS[type]))
  const references = Object.fromEntries(types.map((type) => [type, { $ref: `${type}.json` }]))
  writeFileSync(catalog, JSON.stringify({ namespace: 'com.example.shop', events: references }))
  const { schemas, findings } = await loadSchemas({ catalogs: [catalog] })
  assert.deepEqual(findings, [])

  const bad = new Set<number>()
  const summary = await validateEvents([file], {
    envelope: 'published',
    schemas: schemas ?? assert.fail(),
    onFinding: ({ place }) => Boolean(bad.add(place.line)),
  })

  const accepts = ajvOfWholeEvents()
  const refused = new Set(
    events.flatMap((event, index) => (accepts(JSON.parse(event)) === true ? [] : [index + 1])),
  )
  assert.equal(summary.events, EVENTS)
  assert.equal(summary.bad, bad.size)
  const only = (these: Set<number>, those: Set<number>): string[] =>
    [...these.difference(those)].slice(0, 3).map((line) => `${line}: ${events[line - 1]}`)
  assert.deepEqual({ weOnly: only(bad, refused), ajvOnly: only(refused, bad) }, { weOnly: [], ajvOnly: [] })
  assert.ok(refused.size > EVENTS / 10 && refused.size < (EVENTS * 9) / 10, `${refused.size} are bad`)
})

/** The whole event as one schema, compiled without anything of ours but the envelope's schema as data. */
function ajvOfWholeEvents(): (event: unknown) => unknown {
  const ajv = new Ajv2020({ strict: false })
  addFormats.default(ajv)
  const types = Object.keys(SCHEMAS).map((type) => `com.example.shop.${type}`)
  for (const [type, schema] of Object.entries(SCHEMAS)) ajv.addSchema(schema, `test:/${type}`)
  return ajv.addSchema(ENVELOPE_SCHEMA).compile({
    allOf: [
      { $ref: 'urn:eventwright:event:1#published' },
      { properties: { type: { anyOf: [{ enum: types }, { pattern: '^eventwright\\.' }] } } },
      ...Object.keys(SCHEMAS).map((type) => ({
        if: { properties: { type: { const: `com.example.shop.${type}` } } },
        then: { required: ['data'], properties: { data: { $ref: `test:/${type}` } } },
      })),
    ],
  })
}
