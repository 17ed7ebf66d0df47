import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fromCloudEvent, isStored, newId, toCloudEvent } from '@eventwright/core'
import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { createEventTypes } from '../catalog/event-types.ts'
import { createValidators } from '../catalog/validators.ts'
import { createEventCheck } from '../check/event-check.ts'
import { createTallies } from '../check/tally.ts'
import { cloudEvents } from '../fixtures/events.ts'
import { SPEC_SCHEMA } from '../fixtures/spec-schema.ts'
import { plainEnvelopeOf } from './plain-envelope.ts'
import { ENVELOPE_ID, ENVELOPE_SCHEMA, type Profile } from './schema.ts'

const SKILL = join(import.meta.dirname, '../../../../../skills/building-event-driven-architecture')
const FILE: unknown = JSON.parse(readFileSync(join(SKILL, 'validators/event-schema.json'), 'utf8'))

// Built without any of our code, from the file as it is shipped.
const ajv = new Ajv2020({ strict: false })
addFormats.default(ajv)
ajv.addSchema(FILE as object)
const accepts = (profile: Profile | 'catalog', value: unknown): boolean => {
  const validate = ajv.getSchema(`${ENVELOPE_ID}#${profile}`) ?? assert.fail('no such anchor')
  return validate(value) === true
}

const draft7 = new Ajv({ strict: false })
addFormats.default(draft7)
const specAccepts = draft7.compile(SPEC_SCHEMA)

test('the file of the skill holds the schema that the command checks with, and is one by its meta schema', () => {
  assert.deepEqual(FILE, ENVELOPE_SCHEMA)
  assert.equal(ajv.validateSchema(FILE as object), true)
})

test('the root is the published profile', () => {
  const root = ajv.getSchema(ENVELOPE_ID) ?? assert.fail()
  const event = { specversion: '1.0', id: '1', source: '/s', type: 'a' }
  assert.equal(root(event), true)
  assert.equal(root({ ...event, id: '' }), false)
})

const recorded = fc.record({
  id: fc.string({ minLength: 1, maxLength: 300 }),
  type: fc.oneof(fc.stringMatching(/^[A-Z][A-Za-z]{0,20}$/), fc.constantFrom('eventwright.CommandHandled')),
  data: fc.jsonValue(),
  schemaVersion: fc.integer({ min: 1, max: 99 }),
  metadata: fc.dictionary(
    fc.oneof(
      fc.stringMatching(/^[a-z0-9]{1,22}$/),
      fc.constantFrom('correlationId', 'commandId', 'traceparent', 'saga', '__proto__'),
      fc.string(),
    ),
    fc.oneof(fc.string(), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean()),
    { maxKeys: 5, noNullPrototype: true },
  ),
  tenant: fc.string({ maxLength: 300 }),
  stream: fc.string({ minLength: 1, maxLength: 300 }),
  version: fc.integer({ min: 1 }),
  position: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  recordedAt: fc.integer({ min: 0, max: Date.UTC(9999, 0) }),
})
const options = { source: '/services/shop', namespace: 'com.example.shop', epoch: 'e-1', key: 'o-1' }
const onWire = (value: unknown): Record<string, unknown> => JSON.parse(JSON.stringify(value))

test('what core puts on the wire is published and stored; before the append it is published only', () => {
  fc.assert(
    fc.property(recorded, (event) => {
      const stored = onWire(toCloudEvent(event, options))
      assert.equal(accepts('published', stored), true, JSON.stringify(ajv.errors))
      assert.equal(accepts('stored', stored), true)
      const { position: _, recordedAt: __, ...pending } = event
      const published = onWire(toCloudEvent(pending, { source: '/s', namespace: 'com.example.shop' }))
      assert.equal(accepts('published', published), true)
      assert.equal(accepts('stored', published), false)
    }),
    { numRuns: 1000 },
  )
})

test('core reads what the schema accepts, and finds it stored exactly where the stored profile does', () => {
  let read = 0
  fc.assert(
    fc.property(cloudEvents, (event) => {
      if (!accepts('published', event) || isMetadataBroken(event)) return
      read++
      const envelope = fromCloudEvent(event)
      assert.equal(isStored(envelope) && 'data' in event, accepts('stored', event))
    }),
    { numRuns: 3000 },
  )
  assert.ok(read > 200, `${read} were accepted`)
})

test("what the specification's own schema accepts of events in our profile is accepted, and nothing else is", () => {
  let both = 0
  fc.assert(
    fc.property(cloudEvents, (event) => {
      const spec = specAccepts(event) === true
      const ours = accepts('published', event)
      if (ours) assert.equal(spec, true, JSON.stringify(specAccepts.errors))
      if (ours) both++
      assert.equal(ours, spec && isInProfile(event))
    }),
    { numRuns: 3000 },
  )
  assert.ok(both > 200, `${both} were accepted by both`)
})

/** Our profile in plain code: JSON payloads, attribute names and types of CloudEvents, times that are times, counts from 1. */
function isInProfile(event: Record<string, unknown>): boolean {
  const { specversion, datacontenttype: content, streamversion, globalposition } = event
  const texts = [
    'correlationid',
    'causationid',
    'idempotencykey',
    'partitionkey',
    'traceparent',
    'tenantid',
    'logepoch',
    'metadata',
    'globalposition',
  ]
  return (
    specversion === '1.0' &&
    !('data_base64' in event) &&
    Object.keys(event).every((name) => /^[a-z0-9]{1,20}$/.test(name)) &&
    (content == null || /[+/]json\s*(;|$)/i.test(String(content))) &&
    texts.every((name) => event[name] == null || typeof event[name] === 'string') &&
    event.logepoch !== '' &&
    [event.time, event.recordedtime].every((time) => time == null || isTime(time)) &&
    (streamversion == null || isBetween(streamversion, 1, 2 ** 31 - 1)) &&
    (globalposition == null ||
      (/^[1-9]\d*$/.test(String(globalposition)) && Number(globalposition) <= Number.MAX_SAFE_INTEGER)) &&
    isExtension(event.region)
  )
}

function isTime(value: unknown): boolean {
  if (typeof value !== 'string') return false
  const [, year, month, day, hour] =
    /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):[0-5]\d:[0-5]\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/
      .exec(value)
      ?.map(Number) ?? []
  if (year === undefined || month === undefined || day === undefined || hour === undefined) return false
  return (
    hour < 24 && month <= 12 && new Date(Date.UTC(2000 + (year % 400), month - 1, day)).getUTCDate() === day
  )
}

function isBetween(value: unknown, from: number, to: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to
}

function isExtension(value: unknown): boolean {
  return (
    value == null || ['string', 'boolean'].includes(typeof value) || isBetween(value, -(2 ** 31), 2 ** 31 - 1)
  )
}

function isMetadataBroken({ metadata }: Record<string, unknown>): boolean {
  return metadata === '[]' || metadata === '{' || metadata === ''
}

test('the quick look at an envelope never accepts what the schema refuses, and passes what core sends', () => {
  for (const profile of ['published', 'stored'] as const) {
    const plain = plainEnvelopeOf(profile)
    fc.assert(
      fc.property(cloudEvents, (event) => {
        if (plain(event)) assert.equal(accepts(profile, event), true, JSON.stringify(event))
      }),
      { numRuns: 1500 },
    )
    const event = {
      id: newId(),
      type: 'OrderPlaced',
      data: {},
      schemaVersion: 1,
      metadata: { saga: 's' },
      tenant: 't',
      stream: 'o-1',
      version: 1,
      position: 7,
      recordedAt: 0,
    }
    assert.equal(plain(onWire(toCloudEvent(event, options))), true)
  }
})

test('a check tells problems exactly where it does not pass an event', () => {
  for (const rule of ['published', 'stored', 'none'] as const) {
    const validators = createValidators([])
    const check = createEventCheck(
      { rule, isOwn: true },
      validators,
      createTallies(createEventTypes(undefined, validators)).of,
    )
    fc.assert(
      fc.property(cloudEvents, (event) => {
        assert.equal(check.problems(event).length === 0, check.passes(event))
      }),
      { numRuns: 1000 },
    )
  }
})

test('payload schemas compose with it in any validator, as its description says', () => {
  const composed = ajv.compile({
    allOf: [
      { $ref: `${ENVELOPE_ID}#published` },
      {
        if: { properties: { type: { const: 'com.example.shop.OrderPlaced.v2' } } },
        then: { required: ['data'], properties: { data: { type: 'object', required: ['total'] } } },
      },
    ],
  })
  const event = { specversion: '1.0', id: '1', source: '/s', type: 'com.example.shop.OrderPlaced.v2' }
  assert.equal(composed({ ...event, data: { total: 1 } }), true)
  assert.equal(composed({ ...event, data: {} }), false)
  assert.equal(composed(event), false)
  assert.equal(composed({ ...event, type: 'other' }), true)
  assert.equal(composed({ ...event, data: { total: 1 }, id: 1 }), false)
})

test('the anchor `catalog` describes a catalog file', () => {
  assert.equal(accepts('catalog', { namespace: 'com.example', events: { OrderPlaced: true } }), true)
  for (const wrong of [
    {},
    { events: {} },
    { events: { A: 1 } },
    { events: { A: true }, evnts: 1 },
    { namespace: 'a b', events: { A: true } },
  ])
    assert.equal(accepts('catalog', wrong), false, JSON.stringify(wrong))
})
