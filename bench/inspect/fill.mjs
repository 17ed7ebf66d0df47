// Fills a store with orders as the worked order flow records them: node fill.mjs FILE EVENTS
// 24 events an order in 11 streams, technical ones included; 200 orders at a time, on a clock of its own.
import process from 'node:process'
import { sqlite } from '@eventwright/core/sqlite'

const AT_A_TIME = 200
const STEPS = [
  ['screen', 'ScreenOrder', 'Screening', 'FraudCleared'],
  ['stock', 'ReserveStock', 'Stock', 'StockReserved'],
  ['payment', 'RequestPayment', 'Payment', 'PaymentRequested'],
  ['confirm', 'ConfirmOrder', 'Order', 'OrderConfirmed'],
  ['ship', 'CreateShipment', 'Shipment', 'ShipmentCreated'],
]

const [file, events] = process.argv.slice(2)
if (file === undefined || !(Number(events) > 0)) throw new Error('node fill.mjs FILE EVENTS')
let now = Date.UTC(2026, 0, 1)
const store = await sqlite(file, { synchronous: 'normal' }).openStore({
  clock: { now: () => now, at: () => () => {} },
})
const orders = Math.ceil(Number(events) / (4 + STEPS.length * 4))
for (let first = 0; first < orders; first += AT_A_TIME) {
  const batch = Array.from({ length: Math.min(AT_A_TIME, orders - first) }, (_, n) => order(first + n))
  await Promise.all(batch)
}
process.stdout.write(`${await store.head()} events of ${orders} orders in ${file}\n`)
await store.close()

/** @param {number} number */
async function order(number) {
  const id = `o-${number}`
  const sku = `sku-${number % 500}`
  const data = { orderId: id, sku, quantity: 1 + (number % 3), total: 100 * (1 + (number % 90)) }
  const command = crypto.randomUUID()
  const correlation = { correlationId: uuidv7() }
  const cause = { ...correlation, causationId: command, commandId: command }
  const saga = `saga:Fulfilment-${id}`
  const placed = await append(`Order-${id}`, [{ type: 'OrderPlaced', data, metadata: cause }])
  await append(saga, [
    sagaEvent('Started', { saga: 'Fulfilment', version: 1, run: 1, key: id, start: placed }, correlation),
  ])
  let answer = placed
  for (const [step, type, aggregate, event] of STEPS) {
    const target = aggregate === 'Stock' ? sku : id
    const commandId = `Fulfilment/${id}/1/${step}/1`
    const its = { ...correlation, causationId: commandId, commandId, saga }
    const sent = {
      type,
      aggregate,
      id: target,
      data,
      commandId,
      ...correlation,
      causationId: answer.id,
      saga,
    }
    await append(saga, [
      sagaEvent(
        'CommandSent',
        { path: step, step, scope: '', role: 'do', attempt: 1, command: sent },
        correlation,
      ),
    ])
    answer = await append(`${aggregate}-${target}`, [{ type: event, data, metadata: its }])
    const handled = { commandId, type, aggregate, id: target, outcome: 'events' }
    await append(`command:${aggregate}-${target}`, [
      { type: 'eventwright.CommandHandled', data: handled, metadata: its },
    ])
    await append(saga, [sagaEvent('StepCompleted', { path: step, answer }, correlation)])
  }
  await append(saga, [sagaEvent('Ended', { outcome: 'completed' }, correlation)])
  const rating = number % 5_000 === 0 ? 'OrderDisputed' : 'OrderRated'
  await append(`Order-${id}`, [{ type: rating, data: { orderId: id }, metadata: correlation }])
}

async function append(stream, events) {
  now += 1
  return (await store.append(stream, events)).events[0]
}

function sagaEvent(name, data, metadata) {
  return { type: `eventwright.saga.${name}`, data, metadata }
}

function uuidv7() {
  const time = now.toString(16).padStart(12, '0')
  const random = crypto.randomUUID()
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`
}
