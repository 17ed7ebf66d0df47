import { once } from 'node:events'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'

/** Says that this program could begin, and waits until it is told to. */
export async function turn() {
  console.log('ready')
  await once(process.stdin, 'data')
  process.stdin.destroy()
}

/** @param {() => Promise<boolean>} holds */
export async function until(holds) {
  while (!(await holds())) await sleep(50)
}

/**
 * Prints what was measured, as `started` of child.mjs reads it.
 * @param {number} events @param {number} begun by `performance.now()` @param {object} [more]
 */
export function tell(events, begun, more = {}) {
  const seconds = (performance.now() - begun) / 1000
  const megabytes = Math.round(process.memoryUsage().rss / 1e6)
  console.log(JSON.stringify({ events, seconds, begun: performance.timeOrigin + begun, megabytes, ...more }))
}

/**
 * Every event has had its effect exactly once.
 * @param {import('@eventwright/core').DocumentReader} documents @param {number} count
 */
export async function check(documents, count) {
  const all = await documents.list({ limit: 10_000 })
  const orders = all.reduce((sum, { value }) => sum + value.orders, 0)
  if (orders !== count) throw new Error(`${count} events had ${orders} effects`)
}
