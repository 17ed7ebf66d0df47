import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { catalog, eventwright, memory } from '../index.ts'

class NoBank extends Error {
  readonly code = 'NoBank'
}

test('pino as it is tells the message and the code of what went wrong', async () => {
  const lines: string[] = []
  const logger = pino({ level: 'warn' }, { write: (line) => void lines.push(line) })
  const shop = catalog<{ Paid: {} }>({ namespace: 'com.example.shop' })
  const Payment = shop
    .aggregate('payment', null)
    .decide({ pay: () => ({ type: 'Paid', data: {} }) })
    .evolve({ Paid: () => null })
  const booking = shop.consumer('booking', {
    topics: ['app.events'],
    retry: { attempts: 1 },
    on: {
      Paid: () => {
        throw new NoBank('the bank at 10.0.0.7 is closed')
      },
    },
  })
  await using app = await eventwright({
    store: memory(),
    run: [Payment, booking],
    topic: { publish: 'all' },
    logger,
  })
  await app.execute(Payment.pay('p-1'))
  await app.idle()
  const errors = lines.map((line) => JSON.parse(line)).flatMap(({ err }) => (err ? [err] : []))
  assert.ok(
    errors.some(({ message, code }) => /10\.0\.0\.7/.test(message) && code === 'NoBank'),
    lines.join(''),
  )
})
