import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { catalog } from '../domain.ts'
import type { Logger } from '../event/index.ts'
import { memory } from '../memory.ts'
import { eventwright } from './eventwright.ts'

const MARK = 'card-4111'
const schemas = {
  Paid: {
    type: 'object',
    properties: { card: { type: 'string' }, amount: { type: 'number' } },
    required: ['card'],
  },
  Booked: { type: 'object', properties: { amount: { type: 'number' } } },
} as const

test('nothing of a payload is logged, whatever fails', async () => {
  const lines: string[] = []
  const keep = (fields: object, message: string): void => {
    lines.push(`${message} ${inspect(fields, { depth: Number.POSITIVE_INFINITY })}`)
  }
  const logger: Logger = { debug: keep, info: keep, warn: keep, error: keep }
  const shop = catalog<{ Paid: { card: string; amount: number }; Booked: { amount: number } }>({
    namespace: 'com.example.shop',
    schemas,
  })
  const Payment = shop
    .aggregate('payment', { paid: false })
    .decide({ pay: (_, c: { card: string }) => ({ type: 'Paid', data: { ...c, amount: 1 } }) })
    .evolve({ Paid: () => ({ paid: true }) })
  const Book = shop
    .aggregate('book', {})
    .decide({ book: () => ({ type: 'Booked', data: { amount: 1 } }) })
    .evolve({ Booked: (s) => s })
  const booking = shop.saga('booking', 'Paid', {
    steps: { book: { do: (o) => Book.book(o.key), done: 'Booked' } },
  })
  const failing = shop.consumer('failing', {
    topics: ['shop.events'],
    on: {
      Paid: () => {
        throw new Error('it cannot be told')
      },
    },
    retry: { attempts: 1 },
  })
  const reading = shop.projection('reading', 1, {
    Paid: () => {
      throw new Error('it cannot be read')
    },
  })
  await using app = await eventwright({
    name: 'shop',
    store: memory(),
    run: [Payment, Book, booking, failing, reading],
    topic: { publish: ['Paid'] },
    logger,
  })
  await app.execute(Payment.pay('p-1', { card: MARK }))
  await app.broker.publish('shop.events', [{ id: 'bad', key: 'x', headers: {}, value: `{"${MARK}"` }])
  await app.idle()
  assert.ok((await app.deadLetters()).length >= 2)
  assert.ok(lines.length >= 2, lines.join('\n'))
  assert.deepEqual(
    lines.filter((line) => line.includes(MARK)),
    [],
  )
})
