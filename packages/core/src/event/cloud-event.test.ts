import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { fromCloudEvent, InvalidEnvelope, isStored, type Metadata, newId, toCloudEvent } from './index.ts'

const options = { source: '/services/shop', namespace: 'com.example.shop', epoch: 'e-1', key: 'o-1' }

const placed = {
  id: newId(),
  type: 'OrderPlaced',
  data: { sku: 'tea' },
  schemaVersion: 2,
  metadata: { correlationId: 'c-1', causationId: 'k-1', commandId: 'k-1', saga: 'saga:checkout-o-1' },
  tenant: 'acme',
  stream: 'order-o-1',
  version: 3,
  position: 2 ** 40,
  recordedAt: Date.UTC(2026, 10, 3, 12),
}

describe('the envelope', () => {
  it('has the attributes of the contract, in the stored profile', () => {
    assert.deepEqual(toCloudEvent(placed, options), {
      specversion: '1.0',
      id: placed.id,
      source: '/services/shop',
      type: 'com.example.shop.OrderPlaced.v2',
      time: '2026-11-03T12:00:00.000Z',
      subject: 'order-o-1',
      datacontenttype: 'application/json',
      correlationid: 'c-1',
      causationid: 'k-1',
      idempotencykey: 'k-1',
      saga: 'saga:checkout-o-1',
      partitionkey: 'o-1',
      recordedtime: '2026-11-03T12:00:00.000Z',
      streamversion: 3,
      globalposition: '1099511627776',
      logepoch: 'e-1',
      tenantid: 'acme',
      data: { sku: 'tea' },
    })
  })

  it('leaves out what is not there: the default tenant, and of a pending event what the log assigns', () => {
    const { position: _, recordedAt: __, ...pending } = placed
    const envelope = toCloudEvent({ ...pending, tenant: '' }, { source: '/s', namespace: 'com.example.shop' })
    const absent = ['tenantid', 'time', 'recordedtime', 'globalposition', 'logepoch', 'partitionkey']
    for (const attribute of absent) assert.equal(attribute in envelope, false, attribute)
    assert.equal(envelope.streamversion, 3)
    assert.equal(fromCloudEvent(envelope).event.tenant, '')
  })

  const metadata: fc.Arbitrary<Metadata> = fc.dictionary(
    fc.oneof(
      fc.stringMatching(/^[a-z0-9]{1,22}$/),
      fc.constantFrom(
        'correlationId',
        'causationId',
        'commandId',
        'traceparent',
        'id',
        'metadata',
        '__proto__',
      ),
      fc.string(),
    ),
    fc.oneof(fc.string(), fc.integer(), fc.jsonValue()) as fc.Arbitrary<string>,
    { maxKeys: 6, noNullPrototype: true },
  )

  it('gives back every event as it was', () => {
    const type = fc.oneof(
      fc.stringMatching(/^[A-Z][A-Za-z]{0,20}$/),
      fc.constantFrom('eventwright.CommandHandled', 'eventwright.saga.Started'),
    )
    const event = fc.record({
      id: fc.uuid({ version: 7 }),
      type,
      data: fc.jsonValue(),
      schemaVersion: fc.integer({ min: 1, max: 99 }),
      metadata,
      tenant: fc.string(),
      stream: fc.string({ minLength: 1 }),
      version: fc.integer({ min: 1 }),
      position: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      recordedAt: fc.integer({ min: 0, max: Date.UTC(9999, 0) }),
    })
    fc.assert(
      fc.property(event, (event) => {
        const json = JSON.stringify(toCloudEvent(event, options))
        for (const name of Object.keys(JSON.parse(json))) assert.match(name, /^[a-z0-9]{1,20}$/)
        const envelope = fromCloudEvent(json)
        assert.ok(isStored(envelope))
        const plain = JSON.parse(JSON.stringify(event))
        plain.metadata = { correlationId: event.id, ...plain.metadata }
        assert.deepEqual(JSON.parse(JSON.stringify(envelope.event)), plain)
        assert.equal(envelope.epoch, 'e-1')
        assert.equal(envelope.key, 'o-1')
        assert.equal(envelope.namespace, event.type.includes('.') ? '' : 'com.example.shop')
      }),
      { numRuns: 300 },
    )
  })

  it('reads what another producer sent: unknown extensions become metadata, unknown fields pass', () => {
    const envelope = fromCloudEvent({
      specversion: '1.0',
      id: '1',
      source: 'urn:x',
      type: 'com.partner.payment.captured',
      dataContentX: 1,
      region: 'eu',
      comexampleother: null,
      data: { amount: 3 },
    })
    assert.deepEqual(envelope, {
      source: 'urn:x',
      namespace: 'com.partner.payment',
      event: {
        id: '1',
        type: 'captured',
        schemaVersion: 1,
        data: { amount: 3 },
        metadata: { region: 'eu' },
        tenant: '',
        stream: '',
      },
    })
    assert.equal(isStored(envelope), false)
  })

  it('is not stored while any attribute that the log assigns is missing', () => {
    for (const name of ['streamversion', 'globalposition', 'logepoch', 'subject']) {
      assert.equal(
        isStored(fromCloudEvent({ ...toCloudEvent(placed, options), [name]: undefined })),
        false,
        name,
      )
    }
  })

  it('carries metadata that fits no attribute in one attribute of its own', () => {
    const metadata = {
      attempt: 2,
      big: 2 ** 40,
      half: 0.5,
      userId: 'u',
      id: 'x',
      lines: 'a\nb',
      region: 'eu',
    }
    const { attempt, region, big, id, metadata: rest } = toCloudEvent({ ...placed, metadata }, options)
    assert.deepEqual([attempt, region, big, id], [2, 'eu', undefined, placed.id])
    assert.equal(rest, '{"big":1099511627776,"half":0.5,"id":"x","lines":"a\\nb","userId":"u"}')
  })

  const good = toCloudEvent(placed, options)
  const broken: readonly [string, unknown, RegExp][] = [
    ['no JSON', '{', /not JSON/],
    ['an array', '[]', /JSON object/],
    ['null', 'null', /JSON object/],
    ['another specversion', { ...good, specversion: '0.3' }, /specversion/],
    ['no id', { ...good, id: undefined }, /"id" is missing/],
    ['an empty id', { ...good, id: '' }, /"id"/],
    ['an id that is a number', { ...good, id: 4 }, /"id" is not a string/],
    ['no type', { ...good, type: null }, /"type"/],
    ['no source', { ...good, source: undefined }, /"source"/],
    ['binary data', { ...good, data_base64: 'eA==' }, /data_base64/],
    ['XML', { ...good, datacontenttype: 'text/xml' }, /datacontenttype/],
    ['version 0', { ...good, streamversion: 0 }, /streamversion/],
    ['a position with a fraction', { ...good, globalposition: '1.5' }, /globalposition/],
    ['a position beyond 2^53', { ...good, globalposition: '9999999999999999' }, /globalposition/],
    ['a time in words', { ...good, recordedtime: 'yesterday' }, /recordedtime/],
    ['a day that is none', { ...good, time: '2026-13-41T00:00:00Z', recordedtime: undefined }, /"time"/],
    ['a causation id that is an object', { ...good, causationid: {} }, /causationid/],
    ['a tenant that is a number', { ...good, tenantid: 1 }, /tenantid/],
    ['metadata that is no JSON', { ...good, metadata: '{' }, /"metadata"/],
    ['metadata that is a list', { ...good, metadata: '[]' }, /"metadata"/],
  ]
  for (const [name, json, message] of broken) {
    it(`is one clear error with ${name}`, () => {
      assert.throws(
        () => fromCloudEvent(json),
        (error) => error instanceof InvalidEnvelope && message.test(error.message),
      )
    })
  }
})
