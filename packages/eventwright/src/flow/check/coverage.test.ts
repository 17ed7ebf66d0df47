import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { loadFlow } from '../parse/index.ts'
import type { Coverage } from './coverage.ts'
import { checkFlow } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'eventwright-coverage-'))
after(() => rmSync(folder, { recursive: true }))

async function coverage(scenario: string, then = 'continue'): Promise<Coverage | undefined> {
  const file = join(folder, 'flow.yaml')
  writeFileSync(
    file,
    `eventwright: 1
name: shop
types: { Id: { schema: { type: string }, example: o-1 } }
services:
  orders:
    topic: shop.orders
    aggregates:
      Order:
        id: { orderId: Id }
        final: closed
        commands:
          Place: { by: customer, in: none, emit: Placed }
${then === 'Remind' ? '          Remind: { in: placed, emit: Reminded }' : ''}
          Close: { by: customer, in: placed, emit: Closed }
        events:
          Placed: { to: placed }
${then === 'Remind' ? '          Reminded: { public: true }' : ''}
          Closed: { to: closed }
sagas:
  Waiting:
    start: Placed
    key: orderId
    steps:
      - { step: closing, done: Closed, timeout: { after: 1h, then: ${then} } }
scenarios:
  s: ${scenario}
`,
  )
  const loaded = await loadFlow([file])
  const { findings, coverage } = checkFlow(loaded)
  assert.deepEqual(findings, [])
  return coverage
}

test('an event that does not name its stream counts in the one where it can happen', async () => {
  const one = '{ given: [Placed: { orderId: a }], when: [Close: { orderId: a }], then: { events: [Closed] } }'
  assert.deepEqual((await coverage(one))?.transitions.missing, ['Order: Placed in none'])
  const other = one.replace('events: [Closed]', 'events: [Closed: { orderId: b }]')
  assert.equal((await coverage(other))?.transitions.touched, 0)
})

test('a step without a command times out, too, and the clock may get there in pieces', async () => {
  const after = (...times: string[]): string =>
    `{ when: [Place, ${times.map((t) => `{ after: ${t} }`).join(', ')}], then: { events: [Placed] } }`
  assert.equal((await coverage(after('2h')))?.timeouts.touched, 1)
  assert.equal((await coverage(after('40m', '40m')))?.timeouts.touched, 1)
  assert.equal((await coverage(after('40m')))?.timeouts.touched, 0)
})

test('a time-out that sends a command is touched where that is expected, also if the answer comes after it', async () => {
  const late = (events: string): string =>
    `{ when: [Place, { after: 2h }, Close], then: { events: [${events}] } }`
  assert.equal((await coverage(late('Placed, Reminded, Closed'), 'Remind'))?.timeouts.touched, 1)
  assert.equal((await coverage(late('Placed, Closed'), 'Remind'))?.timeouts.touched, 0)
})
