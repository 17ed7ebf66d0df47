import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CLOUD_EVENT_TYPE, fromCloudEvent } from '../../event/index.ts'
import type { Message } from '../broker.ts'
import { ID_HEADER, messageOf, type RecordParts, recordOf } from './record.ts'

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

const envelope = {
  specversion: '1.0',
  id: 'e-1',
  source: '/services/shop',
  type: 'com.example.shop.OrderPlaced.v1',
  time: '2026-01-02T03:04:05.678Z',
  subject: 'order-ü',
  datacontenttype: 'application/json',
  traceparent: TRACEPARENT,
  streamversion: 7,
  globalposition: '4711',
  retried: true,
  data: { sku: 'tea "日本"', quantity: 2 },
}

function eventMessage(fields: object = envelope): Message {
  const headers = {
    'content-type': CLOUD_EVENT_TYPE,
    tenantid: 'acme',
    traceparent: TRACEPARENT,
    tracestate: 'a=b',
  }
  return { id: 'e-1', key: 'ü', headers, value: JSON.stringify(fields) }
}

function headersOf({ headers }: RecordParts): { [name: string]: string } {
  return Object.fromEntries(headers)
}

function read({ key, value, headers }: RecordParts): Message {
  return foreign({ ...(key === null ? {} : { key }), value, headers: Object.fromEntries(headers) })
}

/** As other producers write. */
function foreign(parts: {
  key?: string
  value: Buffer | string | null
  headers?: { [name: string]: string }
}): Message {
  const headers = Object.entries(parts.headers ?? {})
  return messageOf(
    {
      key: parts.key === undefined ? null : Buffer.from(parts.key),
      value: parts.value === null ? null : Buffer.from(parts.value),
      headers: headers.map(([name, text]): [Buffer, Buffer] => [Buffer.from(name), Buffer.from(text)]),
    },
    't/0/5',
  )
}

test('in binary mode attributes are headers, the data is the value, and the trace is in both', () => {
  const record = recordOf(eventMessage(), 'binary')
  assert.deepEqual(JSON.parse(record.value), envelope.data)
  const headers = headersOf(record)
  assert.equal(headers['content-type'], 'application/json')
  assert.equal(headers.ce_specversion, '1.0')
  assert.equal(headers.ce_subject, 'order-ü')
  assert.equal(headers.ce_streamversion, '7')
  assert.equal(headers.ce_traceparent, TRACEPARENT)
  assert.equal(headers.traceparent, TRACEPARENT)
  assert.equal(headers.tracestate, 'a=b')
  assert.ok(!('ce_data' in headers) && !('ce_datacontenttype' in headers))
})

test('in structured mode the value is the envelope as it was', () => {
  const record = recordOf(eventMessage(), 'structured')
  assert.equal(record.value, eventMessage().value)
  assert.equal(headersOf(record)['content-type'], CLOUD_EVENT_TYPE)
  assert.equal(headersOf(record).traceparent, TRACEPARENT)
})

test('readers see one shape, whatever the mode', () => {
  const sent = eventMessage()
  assert.deepEqual(read(recordOf(sent, 'structured')), sent)
  const { value, ...rest } = read(recordOf(sent, 'binary'))
  assert.deepEqual({ ...rest, value: JSON.parse(value) }, { ...sent, value: envelope })
})

test('any event comes back from either mode, and what is no event passes untouched', () => {
  const scalar = fc.oneof(fc.string(), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.boolean())
  const extensions = fc.dictionary(fc.stringMatching(/^x[a-z0-9]{0,18}$/), scalar)
  fc.assert(
    fc.property(extensions, fc.jsonValue(), fc.constantFrom('binary', 'structured'), (extra, data, mode) => {
      const fields = { ...envelope, ...extra, data }
      const back = read(recordOf(eventMessage(fields), mode))
      assert.deepEqual(JSON.parse(back.value), JSON.parse(JSON.stringify(fields)))
      const text = JSON.stringify(data)
      const plain = { id: 'm', key: null, headers: { 'content-type': 'text/x' }, value: text }
      assert.deepEqual(read(recordOf(plain, mode)), plain)
    }),
  )
})

test('an event of another producer in binary mode is read as an envelope', () => {
  const headers = {
    ce_specversion: '1.0',
    ce_id: '17',
    ce_source: '/billing',
    ce_type: 'com.example.billing.Paid.v1',
    ce_subject: 'bill-3',
    'content-type': 'application/json; charset=utf-8',
    'x-other': 'stays',
  }
  const message = foreign({ key: 'k', value: '{"amount":3}', headers })
  assert.equal(message.id, '/billing#17', 'ids count within their source')
  assert.deepEqual(message.headers, { 'content-type': CLOUD_EVENT_TYPE, 'x-other': 'stays' })
  const { source, event } = fromCloudEvent(message.value)
  assert.equal(source, '/billing')
  assert.deepEqual([event.id, event.type, event.stream, event.data], ['17', 'Paid', 'bill-3', { amount: 3 }])
})

test('structured events of two sources with one id are two messages', () => {
  const of = (source: string) =>
    foreign({
      value: JSON.stringify({ ...envelope, source }),
      headers: { 'content-type': `${CLOUD_EVENT_TYPE}; charset=utf-8` },
    }).id
  assert.notEqual(of('/a'), of('/b'))
})

test('what has no id is known by its place, and nothing that others write cannot be handed on', () => {
  const strange: Parameters<typeof foreign>[0][] = [
    { value: null },
    { value: '' },
    { value: 'not json', headers: { 'content-type': CLOUD_EVENT_TYPE } },
    { value: Buffer.of(0xff, 0xfe, 0x00), headers: { 'content-type': 'application/json' } },
    { value: '[]', headers: { 'content-type': CLOUD_EVENT_TYPE } },
    { value: 'null', headers: { 'content-type': CLOUD_EVENT_TYPE } },
    { value: '<a/>', headers: { ce_specversion: '1.0', 'content-type': 'text/xml' } },
  ]
  for (const one of strange) assert.equal(foreign(one).id, 't/0/5', JSON.stringify(one))
  assert.equal(foreign({ value: null }).value, '')
  assert.equal(foreign({ value: null }).key, null)
  assert.throws(() => fromCloudEvent(foreign(strange.at(-1) ?? { value: '' }).value), {
    code: 'InvalidEnvelope',
  })
})

test('an empty id is none: two messages that have one are not taken for the same', () => {
  const headers = { [ID_HEADER]: '' }
  assert.equal(foreign({ value: 'x', headers }).id, 't/0/5')
  const event = { headers: { ...headers, 'content-type': CLOUD_EVENT_TYPE } }
  assert.equal(foreign({ ...event, value: JSON.stringify(envelope) }).id, '/services/shop#e-1')
  assert.equal(foreign({ ...event, value: JSON.stringify({ ...envelope, id: '' }) }).id, 't/0/5')
})

test('keys that are no text stay apart', () => {
  const keyOf = (key: Buffer) => messageOf({ key, value: null, headers: [] }, 'p').key
  assert.notEqual(keyOf(Buffer.of(0xff)), keyOf(Buffer.of(0xfe)))
})
