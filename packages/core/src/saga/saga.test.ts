import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Command } from '../aggregate/index.ts'
import { createCatalog } from '../catalog/index.ts'
import { after, handled, nothingHappened, refused, sagaScenario } from '../testing/saga-scenario.ts'
import { buildSaga, each, milliseconds, parallel, react, sequence, wait } from './index.ts'

type Events = {
  OrderPlaced: { sku: string; quantity: number; lines: { sku: string }[] }
  OrderConfirmed: Record<string, never>
  OrderCancelled: { reason: string }
  StockReserved: { quantity: number }
  StockRejected: { reason: string }
  PaymentAuthorized: { code: string }
  PaymentDeclined: Record<string, never>
  Shipped: Record<string, never>
}

const catalog = createCatalog<Events>({ namespace: 'com.example.shop' })
const to =
  (aggregate: string, type: string) =>
  (id: string, data: unknown = {}): Command => ({ aggregate, type, id, data })
const reserve = to('stock', 'reserve')
const release = to('stock', 'release')
const pay = to('payment', 'request')
const expire = to('payment', 'expire')
const refund = to('payment', 'void')
const ship = to('shipment', 'create')
const confirm = to('order', 'confirm')
const cancelOrder = to('order', 'cancel')

const placed = { type: 'OrderPlaced', data: { sku: 'tea', quantity: 2, lines: [{ sku: 'a' }, { sku: 'b' }] } }
const reserved = { type: 'StockReserved', data: { quantity: 2 } }
const authorized = { type: 'PaymentAuthorized', data: { code: 'x' } }
const declined = { type: 'PaymentDeclined', data: {} }
const shipped = { type: 'Shipped', data: {} }

const checkout = buildSaga(catalog, 'checkout', 'OrderPlaced', {
  steps: {
    reserve: {
      do: (o) => reserve(o.data.sku, { quantity: o.data.quantity }),
      undo: (o) => release(o.data.sku),
      done: 'StockReserved',
      failed: 'StockRejected',
      timeout: '30s',
    },
    payment: {
      do: (o) => pay(o.key, { amount: o.answer('StockReserved')?.data.quantity }),
      undo: (o) => refund(o.key, { why: o.failure?.refusal ?? o.failure?.event }),
      done: 'PaymentAuthorized',
      failed: 'PaymentDeclined',
      timeout: '15m',
    },
  },
  cancel: 'OrderCancelled',
  completed: (o) => confirm(o.key),
  compensated: (o) => cancelOrder(o.key, { reason: o.failure?.step }),
})

test('steps run in order, and the saga is completed when its last command was handled', () => {
  sagaScenario(checkout)
    .when(placed)
    .then([reserve('tea', { quantity: 2 })], 'reserve')
    .when(reserved, authorized)
    .then([reserve('tea', { quantity: 2 }), pay('k-1', { amount: 2 }), confirm('k-1')])
    .when(handled('completed'))
    .then([reserve('tea', { quantity: 2 }), pay('k-1', { amount: 2 }), confirm('k-1')], 'completed')
})

test('command ids name saga, key, run, step and ordinal; correlation and causation travel along', () => {
  const scenario = sagaScenario(checkout, { key: 'o/1' }).when(
    { ...placed, id: 'e-1', metadata: { correlationId: 'c-1' } },
    { ...reserved, id: 'e-2' },
  )
  const [first, second] = scenario.commands
  assert.equal(first?.commandId, 'checkout/o%2F1/1/reserve/1')
  assert.equal(second?.commandId, 'checkout/o%2F1/1/payment/1')
  assert.deepEqual(
    scenario.commands.map(({ correlationId, causationId, saga }) => [correlationId, causationId, saga]),
    [
      ['c-1', 'e-1', 'saga:checkout-o/1'],
      ['c-1', 'e-2', 'saga:checkout-o/1'],
    ],
  )
})

test('a failed step is not compensated, the steps before it are, and the failure is told', () => {
  sagaScenario(checkout)
    .given(placed, reserved)
    .when(declined)
    .then([release('tea')], 'compensating')
    .when(handled('reserve'))
    .then([release('tea'), cancelOrder('k-1', { reason: 'payment' })])
    .when(handled('compensated'))
    .then([release('tea'), cancelOrder('k-1', { reason: 'payment' })], 'compensated')
})

test('a refusal fails the step with its name', () => {
  const { state } = sagaScenario(checkout).given(placed).when(refused('reserve', 'OutOfStock'))
  assert.deepEqual(state.failure, { step: 'reserve', refusal: 'OutOfStock' })
})

test('a command that decides on nothing fails its step', () => {
  const scenario = sagaScenario(checkout)
    .given(placed)
    .when(nothingHappened('reserve'))
    .then([cancelOrder('k-1', { reason: 'reserve' })])
  assert.equal(scenario.state.failure?.refusal, 'NothingHappened')
})

test('a compensation that decides on nothing is done', () => {
  sagaScenario(checkout)
    .given(placed, reserved, declined)
    .when(nothingHappened('reserve'))
    .then([cancelOrder('k-1', { reason: 'payment' })])
})

test('a timed-out step is compensated too, last in, first out, each naming its forward command', () => {
  const scenario = sagaScenario(checkout)
    .given(placed, reserved)
    .when(after('15m'))
    .then([refund('k-1', { why: 'TimedOut' })])
    .when(handled('payment'))
    .then([refund('k-1', { why: 'TimedOut' }), release('tea')])
  assert.deepEqual(
    scenario.commands.slice(2).map(({ commandId, compensates }) => [commandId, compensates]),
    [
      ['checkout/k-1/1/payment:undo/1', 'checkout/k-1/1/payment/1'],
      ['checkout/k-1/1/reserve:undo/1', 'checkout/k-1/1/reserve/1'],
    ],
  )
})

test('an answer after the time-out, and after the end, is ignored and recorded', () => {
  const late = {
    ...authorized,
    metadata: { causationId: 'checkout/k-1/1/payment/1', saga: 'saga:checkout-k-1' },
  }
  const scenario = sagaScenario(checkout).given(placed, reserved, after('15m'))
  const before = scenario.state
  scenario.when(late).then([], 'compensating')
  assert.equal(scenario.state.clock, before.clock + 1, 'it is recorded')
  scenario.given(handled('payment'), handled('reserve'), handled('compensated'))
  const ended = scenario.state
  scenario.when({ ...late, id: 'again' })
  assert.equal(scenario.state.status, 'compensated')
  assert.equal(scenario.state.clock, ended.clock + 1, 'it is recorded')
})

test('a call-back counts in the stream that the command went to, not elsewhere', () => {
  sagaScenario(checkout)
    .given(placed, reserved, handled('payment'))
    .when({
      ...authorized,
      stream: 'payment-k-1',
      metadata: { causationId: 'gateway', saga: 'saga:other-k-1' },
    })
    .then([], 'payment')
    .when({ ...authorized, stream: 'wallet-k-1', metadata: { causationId: 'gateway' } })
    .then([], 'payment')
    .when({ ...authorized, stream: 'payment-k-1', metadata: { causationId: 'gateway' } })
    .then([confirm('k-1')])
})

test('a refused compensation is tried again under the next ordinal, is stuck after so many, and gets unstuck', () => {
  const scenario = sagaScenario({ ...checkout, stuckAfter: 2 }).given(placed, reserved, declined)
  scenario.when(refused('reserve', 'Busy')).then([], 'compensating')
  scenario.when(after('1s'), refused('reserve', 'Busy')).then([release('tea')], 'stuck')
  scenario.when(after('2s'), handled('reserve'))
  assert.deepEqual(
    scenario.commands.slice(2, 5).map(({ commandId, compensates }) => [commandId, compensates]),
    [1, 2, 3].map((ordinal) => [`checkout/k-1/1/reserve:undo/${ordinal}`, 'checkout/k-1/1/reserve/1']),
  )
  scenario.when(handled('compensated'))
  assert.equal(scenario.state.status, 'compensated')
})

test('a cancellation compensates what is done and what is pending', () => {
  sagaScenario(checkout)
    .given(placed, reserved)
    .when({ type: 'OrderCancelled', data: { reason: 'changed my mind' } })
    .then([refund('k-1', { why: 'Cancelled' })], 'compensating')
})

test('a cancellation that overtakes the end compensates, and the completed command counts no more', () => {
  sagaScenario(checkout)
    .given(placed, reserved, authorized)
    .when({ type: 'OrderCancelled', data: { reason: 'late' } })
    .then([refund('k-1', { why: 'Cancelled' })])
    .when(refused('completed', 'WrongState'))
    .then([refund('k-1', { why: 'Cancelled' })], 'compensating')
})

test('a second start for a running key is ignored; after the end it begins the next run', () => {
  const scenario = sagaScenario(checkout).given(placed)
  scenario.when({ ...placed, id: 'second' }).then([], 'reserve')
  scenario.given(reserved, authorized, handled('completed'))
  scenario.when({ ...placed, id: 'third' })
  assert.equal(scenario.state.run, 2)
  assert.equal(scenario.commands.at(-1)?.commandId, 'checkout/k-1/2/reserve/1')
})

const waiting = buildSaga(catalog, 'waiting', 'OrderPlaced', {
  steps: {
    pay: { do: (o) => pay(o.key), done: 'PaymentAuthorized' },
    arrived: { done: 'Shipped', failed: 'StockRejected', timeout: '1d' },
  },
  cancel: 'OrderCancelled',
})

test('an awaited event that comes before the start is used', () => {
  sagaScenario(waiting)
    .given(shipped)
    .when(placed, authorized)
    .then([pay('k-1')], 'completed')
})

test('an awaited event that comes before its step is reached is used', () => {
  sagaScenario(waiting).given(placed, shipped).when(authorized).then([], 'completed')
})

test('a cancellation before the start ends the saga before anything is sent', () => {
  sagaScenario(waiting)
    .given({ type: 'OrderCancelled', data: { reason: 'no' } })
    .when(placed)
    .then([], 'compensated')
})

const both = buildSaga(catalog, 'both', 'OrderPlaced', {
  steps: {
    together: parallel({
      reserve: {
        do: (o) => reserve(o.data.sku),
        undo: (o) => release(o.data.sku),
        done: 'StockReserved',
        timeout: '30s',
      },
      money: sequence({
        payment: {
          do: (o) => pay(o.key),
          undo: (o) => refund(o.key),
          done: 'PaymentAuthorized',
          timeout: '10s',
        },
        settle: { do: (o) => confirm(o.key), done: 'OrderConfirmed' },
      }),
    }),
    ship: { do: (o) => ship(o.key), done: 'Shipped', retry: 'forever' },
  },
})

test("a parallel step's completion leaves the other step's timer alive", () => {
  sagaScenario(both)
    .given(placed, authorized)
    .when(after('30s'))
    .then([release('tea')], 'compensating')
})

test('when a branch fails, pending steps count as unknown and come first, done ones by completion', () => {
  const first = sagaScenario(both).given(placed, authorized).when(refused('settle', 'No'))
  first
    .then([release('tea')])
    .when(handled('reserve'))
    .then([release('tea'), refund('k-1')])
  const second = sagaScenario(both).given(placed, reserved, authorized).when(refused('settle', 'No'))
  second
    .then([refund('k-1')])
    .when(handled('payment'))
    .then([refund('k-1'), release('tea')], 'compensating')
})

test('a step that is retried for ever takes the next ordinal after each refusal', () => {
  const scenario = sagaScenario(both).given(placed, reserved, authorized, {
    type: 'OrderConfirmed',
    data: {},
  })
  scenario.when(refused('ship', 'Busy'), after('1s'), nothingHappened('ship'), after('2s'), shipped)
  assert.equal(scenario.state.status, 'completed')
  assert.deepEqual(
    scenario.commands.slice(-3).map(({ commandId }) => commandId),
    [1, 2, 3].map((ordinal) => `both/k-1/1/ship/${ordinal}`),
  )
})

const lines = buildSaga(catalog, 'lines', 'OrderPlaced', {
  steps: {
    all: each((o) => o.data.lines, {
      reserve: {
        do: (o) => reserve(o.item.sku, { place: o.index }),
        undo: (o) => release(o.item.sku, { held: o.answer('StockReserved')?.data.quantity }),
        done: 'StockReserved',
        failed: 'StockRejected',
      },
    }),
    pause: wait('3d'),
    again: each((o) => o.data.lines, {
      reserve: { do: (o) => reserve(o.item.sku), undo: (o) => release(o.item.sku), done: 'StockReserved' },
    }),
  },
})

test('loops run round by round, and steps of one name have ids of their own', () => {
  const scenario = sagaScenario(lines).given(placed)
  scenario.when(reserved).then([reserve('b', { place: 1 })], 'reserve')
  scenario.when(reserved).then([reserve('b', { place: 1 })], 'pause')
  scenario.when(after('3d'), reserved, reserved)
  assert.equal(scenario.state.status, 'completed')
  assert.deepEqual(
    scenario.commands.map(({ commandId }) => commandId),
    [1, 2, 3, 4].map((ordinal) => `lines/k-1/1/reserve/${ordinal}`),
  )
})

test('rounds are compensated in reverse, each with its own item and answers', () => {
  const other = { type: 'StockReserved', data: { quantity: 7 } }
  sagaScenario(lines)
    .given(placed, reserved, other, after('3d'))
    .when(refused('reserve', 'Empty'))
    .then([release('b', { held: 7 })])
    .when(handled('reserve'))
    .then([release('b', { held: 7 }), release('a', { held: 2 })])
})

test('a loop over nothing is done at once', () => {
  const none = { ...placed, data: { ...placed.data, lines: [] } }
  sagaScenario(lines).when(none).then([], 'pause').when(after('3d')).then([], 'completed')
})

const gateway = (then: 'continue' | 'expire' | 'resend') =>
  buildSaga(catalog, 'gateway', 'OrderPlaced', {
    steps: {
      payment: {
        do: (o) => pay(o.key),
        undo: (o) => refund(o.key),
        done: 'PaymentAuthorized',
        failed: 'PaymentDeclined',
        timeout:
          then === 'resend'
            ? '1m'
            : { after: '1m', then: then === 'continue' ? 'continue' : (o) => expire(o.key) },
        ...(then === 'resend' ? { retry: { times: 2 } } : {}),
      },
      ship: { do: (o) => ship(o.key), done: 'Shipped' },
    },
  })

test('a time-out that continues goes on, and the step is compensated if a later one fails', () => {
  sagaScenario(gateway('continue'))
    .given(placed)
    .when(after('1m'))
    .then([ship('k-1')], 'ship')
    .when(refused('ship', 'No'))
    .then([ship('k-1'), refund('k-1')], 'compensating')
})

test("a time-out's command is sent once, and the step goes on waiting for an answer that it may cause", () => {
  const scenario = sagaScenario(gateway('expire')).given(placed).when(after('1d'))
  scenario.then([expire('k-1')], 'payment')
  const caused = { causationId: 'gateway/k-1/1/payment:timeout/1', saga: 'saga:gateway-k-1' }
  scenario.when({ ...declined, metadata: caused })
  assert.equal(scenario.state.status, 'compensated')
})

test("a time-out's command that is refused leaves the step unknown: it is compensated", () => {
  sagaScenario(gateway('expire'))
    .given(placed, after('1m'))
    .when(refused('payment', 'WrongState'))
    .then([refund('k-1')], 'compensating')
})

test('a resend after a time-out keeps the command id, so many times, then the step is given up', () => {
  const scenario = sagaScenario(gateway('resend')).given(placed).when(after('2m'))
  assert.deepEqual(
    new Set(scenario.commands.map(({ commandId }) => commandId)),
    new Set(['gateway/k-1/1/payment/1']),
  )
  assert.equal(scenario.commands.length, 3)
  scenario.when(after('1m'))
  assert.equal(scenario.commands.at(-1)?.type, 'void')
})

test('a duplicate answer changes nothing', () => {
  const scenario = sagaScenario(checkout).given(placed, { ...reserved, id: 'r' })
  const { commandId } = scenario.commands[0] ?? {}
  const before = scenario.state
  scenario.when({
    ...reserved,
    id: 'r',
    stream: 'stock-tea',
    metadata: { causationId: commandId, saga: 's' },
  })
  assert.deepEqual(scenario.state, before)
})

test('an older process leaves a newer saga alone, and a step that is gone is named', () => {
  const newer = sagaScenario({ ...checkout, version: 2 }).given(placed).state
  const input = { kind: 'timer', id: '?' } as const
  const at = { now: 0, tenant: '' }
  assert.throws(() => react(checkout, newer, input, at), { code: 'NewerVersion' })
  const without = { ...checkout, version: 3, nodes: checkout.nodes.slice(1) }
  assert.throws(() => react(without, newer, input, at), { code: 'SagaStepGone', message: /"reserve"/ })
})

test('a compensation in another stream than the forward command is refused', () => {
  const wrong = buildSaga(catalog, 'wrong', 'OrderPlaced', {
    steps: {
      a: { do: (o) => pay(o.key), undo: () => refund('other'), done: 'PaymentAuthorized', timeout: '1s' },
    },
  })
  assert.throws(() => sagaScenario(wrong).when(placed, after('1s')), { code: 'CommandElsewhere' })
})

test('definitions that cannot work are refused', () => {
  const step = { do: () => pay('x'), done: 'Shipped' } as const
  const saga = (name: string, steps: Parameters<typeof buildSaga<Events, 'OrderPlaced'>>[3]['steps']) => () =>
    buildSaga(catalog, name, 'OrderPlaced', { steps })
  assert.throws(saga('a-b', { step }), { code: 'InvalidSaga' })
  assert.throws(saga('a', { step: { ...step, done: [] } }), { code: 'InvalidSaga' })
  assert.throws(saga('a', { step: { ...step, failed: 'Shipped' } }), { code: 'InvalidSaga' })
  assert.throws(saga('a', { step: { done: 'Shipped', retry: 'forever' } }), { code: 'InvalidSaga' })
  assert.throws(saga('a', { p: parallel({ x: step, q: sequence({ y: step }), z: step }), '': step }), {
    code: 'InvalidSaga',
  })
  // @ts-expect-error: a duration has a unit
  assert.throws(() => milliseconds('3'), { code: 'InvalidSaga' })
  assert.equal(milliseconds('1.5h'), 5_400_000)
})

test('a scenario fails where the commands or the standing differ from what it says', () => {
  const scenario = sagaScenario(checkout).when(placed)
  assert.throws(() => scenario.then([]), { code: 'ERR_ASSERTION' })
  assert.throws(() => scenario.then([reserve('tea', { quantity: 3 })]), { code: 'ERR_ASSERTION' })
  assert.throws(() => scenario.then([reserve('tea', { quantity: 2 })], 'completed'), {
    code: 'ERR_ASSERTION',
  })
  assert.throws(() => scenario.when(handled('payment')), /no command for "payment"/)
})
