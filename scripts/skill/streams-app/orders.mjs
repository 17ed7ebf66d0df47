/** @typedef {import('./driver.mjs').Message} Message */
/** @typedef {{ customerId: string, from: string, orders: number, total: number }} Window */

const HOUR = 3_600_000
const MINUTE = 60_000
const CUSTOMERS = 40

/** Three days ago, at a full hour: also the ticks are in the past, since a broker takes nothing from the future. */
const START = Math.floor(Date.now() / HOUR) * HOUR - 72 * HOUR

/**
 * Three hours of a shop: orders out of order, most of them paid, some events twice, some of them poison; and what must
 * come of it.
 * @param {number} count
 */
export function shop(count) {
  const random = generator(20_261_103)
  /** @type {Message[]} */
  const messages = []
  /** @type {Map<string, number>} order id and total */
  const paid = new Map()
  /** @type {Map<string, Window>} */
  const windows = new Map()
  let poison = 0
  for (let number = 0; number < count; number++) {
    const orderId = `o-${number}`
    const customerId = `c-${Math.floor(random() * CUSTOMERS)}`
    const total = 1 + Math.floor(random() * 10_000)
    const placedAt = Math.floor(START + (number / count) * 3 * HOUR + random() * 5 * MINUTE)
    const paidAt = Math.floor(placedAt + random() * 10 * MINUTE)
    const order = message('shop.orders', orderId, 'OrderPlaced.v2', placedAt, { orderId, customerId, total })
    const payment = message('shop.payments', orderId, 'PaymentAuthorized.v1', paidAt, { orderId })
    messages.push(order)
    if (random() < 0.1) messages.push(order)
    if (random() < 0.05) continue
    messages.push(payment)
    if (random() < 0.1) messages.push(payment, order)
    if (random() < 0.01) {
      messages.push({ topic: 'shop.orders', key: orderId, value: '{', at: placedAt })
      poison++
    }
    paid.set(orderId, total)
    add(windows, customerId, paidAt, total)
  }
  return { messages, paid, windows, poison }
}

/** @returns {Message[]} each customer, in two versions */
export function customers() {
  return Array.from({ length: CUSTOMERS }, (_, number) => `c-${number}`).flatMap((customerId) =>
    ['XX', 'IE'].map((country, version) =>
      message('shop.customers', customerId, 'CustomerChanged.v1', START - HOUR + version, {
        customerId,
        name: `Name of ${customerId}`,
        country,
      }),
    ),
  )
}

/**
 * Paid orders so much later that all windows close, on every partition.
 * @returns {Message[]}
 */
export function ticks() {
  const at = START + 60 * HOUR
  return Array.from({ length: 40 }, (_, number) => `tick-${number}`).flatMap((id) => [
    message('shop.orders', id, 'OrderPlaced.v2', at, { orderId: id, customerId: id, total: 1 }),
    message('shop.payments', id, 'PaymentAuthorized.v1', at, { orderId: id }),
  ])
}

/** @returns {Message} an order of a release to come */
export function newer() {
  return message('shop.orders', 'o-new', 'OrderPlaced.v3', START + 61 * HOUR, { orderId: 'o-new' })
}

/** @param {string | null} key */
export const isTick = (key) => key?.startsWith('tick-') === true

/**
 * @param {string} topic
 * @param {string} key
 * @param {string} type
 * @param {number} at
 * @param {object} data
 * @returns {Message}
 */
function message(topic, key, type, at, data) {
  const value = JSON.stringify({
    specversion: '1.0',
    id: `${type}-${key}-${at}`,
    source: '/services/shop',
    type: `com.example.shop.${type}`,
    time: new Date(at).toISOString(),
    subject: key,
    correlationid: `c-${key}`,
    partitionkey: key,
    data,
  })
  return { topic, key, value, at }
}

/**
 * @param {Map<string, Window>} windows
 * @param {string} customerId
 * @param {number} at
 * @param {number} total
 */
function add(windows, customerId, at, total) {
  const from = new Date(Math.floor(at / HOUR) * HOUR).toISOString().replace('.000', '')
  const key = `${customerId} ${from}`
  const before = windows.get(key) ?? { customerId, from, orders: 0, total: 0 }
  windows.set(key, { ...before, orders: before.orders + 1, total: before.total + total })
}

/**
 * The same numbers in each run, so that a failure comes again.
 * @param {number} seed
 */
function generator(seed) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
