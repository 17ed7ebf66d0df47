import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, execute } from '../aggregate/index.ts'
import type { EventStore } from '../store/index.ts'
import { sqliteStoreEngine } from '../store/sqlite/index.ts'
import { gateway, order, shop, shopAggregates } from '../testing/saga/shop.ts'
import { sagaStatus } from './index.ts'

const ORDERS = 24
const KILLS = 6

async function give(store: EventStore, command: Command): Promise<void> {
  const aggregate = shopAggregates.find(({ name }) => name === command.aggregate)
  assert(aggregate)
  await execute(store, aggregate, command)
}

async function types(store: EventStore, stream: string): Promise<string> {
  const { events } = await store.read(stream)
  return events.map(({ type }) => type).join(' ')
}

/** Answers payments as a gateway does: every third one is declined. */
async function answerPayments(store: EventStore): Promise<number> {
  let ended = 0
  for (let number = 0; number < ORDERS; number++) {
    const id = `o-${number}`
    const { status } = await sagaStatus(store, 'checkout', id)
    if (status === 'completed' || status === 'compensated') ended += 1
    else if ((await types(store, `payment-${id}`)) === 'PaymentRequested')
      await give(store, number % 3 === 0 ? gateway.decline(id) : gateway.authorize(id))
  }
  return ended
}

async function startProcess(files: readonly string[]): Promise<ChildProcess> {
  const file = join(import.meta.dirname, 'fixtures/saga-process.ts')
  const child = spawn(process.execPath, [file, ...files], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout ?? child, 'data')
  return child
}

test('a process killed again and again: every saga ends, and nothing happens twice', {
  timeout: 120_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'eventwright-saga-kills-'))
  const files = [join(folder, 'shop.db'), join(folder, 'broker.db')]
  const store = await sqliteStoreEngine(files[0] ?? '').openStore({ catalog: shop })
  let child = await startProcess(files)
  try {
    for (let number = 0; number < ORDERS; number++)
      await give(store, order.place(`o-${number}`, { sku: `sku-${number}` }))
    for (let kill = 0; kill < KILLS; kill++) {
      await sleep(40 + 50 * kill)
      await answerPayments(store)
      child.kill('SIGKILL')
      await once(child, 'exit')
      child = await startProcess(files)
    }
    while ((await answerPayments(store)) < ORDERS) await sleep(50)
    for (let number = 0; number < ORDERS; number++) {
      const declined = number % 3 === 0
      assert.deepEqual(
        await Promise.all(
          [`order-o-${number}`, `stock-sku-${number}`, `payment-o-${number}`].map((name) =>
            types(store, name),
          ),
        ),
        declined
          ? ['OrderPlaced OrderCancelled', 'StockReserved StockReleased', 'PaymentRequested PaymentDeclined']
          : ['OrderPlaced OrderConfirmed', 'StockReserved', 'PaymentRequested PaymentAuthorized'],
      )
    }
  } finally {
    child.kill('SIGKILL')
    await store.close()
    await rm(folder, { recursive: true, force: true })
  }
})
