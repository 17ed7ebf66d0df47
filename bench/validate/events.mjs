// Events of eight types, alike on every run: an order that is placed, screened, reserved, paid, packed, shipped, rated.
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'

const text = { type: 'string', minLength: 1, maxLength: 200 }
const id = { type: 'string', minLength: 1, maxLength: 64 }
const cents = { type: 'integer', minimum: 0, maximum: 100_000_000 }
const time = { type: 'string', format: 'date-time' }

/** @param {Record<string, object>} properties @param {string[]} [optional] */
function object(properties, optional = []) {
  const required = Object.keys(properties).filter((name) => !optional.includes(name))
  return { type: 'object', properties, required, additionalProperties: false }
}

const address = object({
  street: text,
  city: text,
  zip: { type: 'string', pattern: '^[0-9]{5}$' },
  country: { enum: ['DE', 'FR', 'GB', 'US'] },
})
const line = object({ sku: id, quantity: { type: 'integer', minimum: 1 }, price: cents })

/** The payload's schema of each type. */
export const SCHEMAS = {
  OrderPlaced: object(
    {
      orderId: id,
      customerId: id,
      lines: { type: 'array', items: line, minItems: 1 },
      total: cents,
      shipTo: address,
      note: text,
    },
    ['note'],
  ),
  OrderScreened: object({
    orderId: id,
    score: { type: 'number', minimum: 0, maximum: 1 },
    rules: { type: 'array', items: text },
    passed: { type: 'boolean' },
  }),
  StockReserved: object({
    reservationId: id,
    orderId: id,
    lines: { type: 'array', items: line },
    until: time,
  }),
  PaymentAuthorized: object({
    paymentId: id,
    orderId: id,
    amount: cents,
    method: { enum: ['card', 'transfer', 'wallet'] },
    reference: { type: 'string', pattern: '^[A-Z0-9]{8,20}$' },
  }),
  ParcelPacked: object({
    parcelId: id,
    orderId: id,
    weight: { type: 'number', exclusiveMinimum: 0 },
    boxes: { type: 'array', items: object({ size: { enum: ['S', 'M', 'L'] }, label: text }) },
  }),
  ParcelShipped: object({
    parcelId: id,
    carrier: text,
    tracking: { type: 'string', format: 'uri' },
    at: time,
  }),
  OrderCancelled: object({ orderId: id, reason: text }),
  OrderRated: object({ orderId: id, stars: { type: 'integer', minimum: 1, maximum: 5 }, words: text }, [
    'words',
  ]),
}

export const NAMESPACE = 'com.example.shop'

/** @type {((n: number) => [keyof typeof SCHEMAS, object])[]} */
const MAKE = [
  (n) => [
    'OrderPlaced',
    {
      orderId: `o-${n}`,
      customerId: `c-${n % 997}`,
      lines: lines(n),
      total: 4200 + n,
      shipTo: { street: `Long Street ${n % 300}`, city: 'Bremen', zip: '28195', country: 'DE' },
      note: 'Please ring twice: the bell is "quiet".',
    },
  ],
  (n) => [
    'OrderScreened',
    {
      orderId: `o-${n}`,
      score: (n % 1000) / 1000,
      rules: ['velocity', 'address', 'amount'],
      passed: n % 7 !== 0,
    },
  ],
  (n) => [
    'StockReserved',
    { reservationId: `r-${n}`, orderId: `o-${n}`, lines: lines(n), until: at(n + 3600) },
  ],
  (n) => [
    'PaymentAuthorized',
    {
      paymentId: `p-${n}`,
      orderId: `o-${n}`,
      amount: 4200 + n,
      method: 'card',
      reference: `REF${String(n).padStart(9, '0')}`,
    },
  ],
  (n) => [
    'ParcelPacked',
    {
      parcelId: `k-${n}`,
      orderId: `o-${n}`,
      weight: 0.25 + (n % 40) / 8,
      boxes: [
        { size: 'M', label: `box ${n}` },
        { size: 'S', label: 'fragile' },
      ],
    },
  ],
  (n) => [
    'ParcelShipped',
    { parcelId: `k-${n}`, carrier: 'Parcel & Co', tracking: `https://track.example.com/p/${n}`, at: at(n) },
  ],
  (n) => [
    'OrderCancelled',
    { orderId: `o-${n}`, reason: n % 2 ? 'withdrawn' : 'Zahlung abgelehnt – später' },
  ],
  (n) => ['OrderRated', { orderId: `o-${n}`, stars: 1 + (n % 5), words: 'quick and kind' }],
]

/** @param {number} n */
function lines(n) {
  return Array.from({ length: 1 + (n % 3) }, (_, index) => ({
    sku: `sku-${(n + index) % 500}`,
    quantity: 1 + index,
    price: 999 + n,
  }))
}

/** @param {number} n */
function at(n) {
  return new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString()
}

/** @param {number} n */
export function event(n) {
  const [type, data] = MAKE[n % MAKE.length](n)
  return {
    specversion: '1.0',
    id: `01${String(n).padStart(6, '0')}-0000-7000-8000-${String(n).padStart(12, '0')}`,
    source: '/services/shop',
    type: `${NAMESPACE}.${type}.v1`,
    time: at(n),
    subject: `order-o-${n}`,
    datacontenttype: 'application/json',
    correlationid: `c-${n >> 3}`,
    causationid: `k-${n}`,
    partitionkey: `o-${n}`,
    recordedtime: at(n),
    streamversion: 1 + (n % 8),
    globalposition: String(n + 1),
    logepoch: 'e-1',
    data,
  }
}

/** Writes N events, one a line. @param {string} file @param {number} count */
export async function writeEvents(file, count) {
  const out = createWriteStream(file)
  let block = ''
  for (let n = 0; n < count; n++) {
    block += `${JSON.stringify(event(n))}\n`
    if (block.length < 1 << 20) continue
    if (!out.write(block)) await once(out, 'drain')
    block = ''
  }
  out.end(block)
  await once(out, 'finish')
}
