import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Tale } from './tales.ts'

const LOOK_EVERY = 50
const summary = z.object({ status: z.string(), reason: z.string().optional() })
const level = z.object({ available: z.int() })

/** Adds to the stock of an article; `key` makes it safe to send again. */
export async function addStock(inventory: string, sku: string, quantity: number, key: string): Promise<void> {
  await post(`${inventory}/Stock/${sku}/AddStock`, { quantity }, key)
}

export async function placeOrder(orders: string, id: string, { lines, total }: Tale): Promise<void> {
  await post(`${orders}/Order/${id}/PlaceOrder`, { customerId: 'c-1', lines, total }, `place-${id}`)
}

/** How the order ended: `confirmed`, or `cancelled: WHY`. */
export async function endOf(orders: string, id: string, signal: AbortSignal): Promise<string> {
  while (true) {
    const response = await fetch(`${orders}/OrderSummary/${id}`, { signal })
    if (response.ok) {
      const { status, reason } = summary.parse(await response.json())
      if (status !== 'placed') return reason === undefined ? status : `${status}: ${reason}`
    }
    await sleep(LOOK_EVERY, undefined, { signal })
  }
}

/** How much of an article is there. */
export async function stockOf(inventory: string, sku: string): Promise<number> {
  const response = await fetch(`${inventory}/StockLevel/${sku}`)
  return response.ok ? level.parse(await response.json()).available : 0
}

async function post(url: string, body: object, key: string): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
}
