import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from '@eventwright/core'
import { answerTo, type Order, orderOf } from './orders.ts'
import { MISSING_SKU, PLENTY, SKUS } from './shop.ts'
import type { LoggedEvent } from './truth/log.ts'
import { partsOf } from './truth/log.ts'
import type { Outcome } from './worker-messages.ts'
import { type Workers, workerOf } from './worker-process.ts'

const AGAIN_AFTER = 60

/** Where commands can be sent to. */
export interface Addresses {
  readonly workers: Workers
  /** The processes that take the commands of an aggregate. */
  takers(aggregate: string): readonly string[]
}

/** The customers and the gateway: they send commands, and send them again until they are answered. */
export interface Outside {
  stock(): Promise<void>
  /** Sends the order of this number. */
  place(number: number): Promise<void>
  /** What the log tells them. */
  hear(event: LoggedEvent): void
  /** Orders that were accepted. */
  readonly accepted: ReadonlySet<string>
  readonly refused: ReadonlySet<string>
  /** Commands that are sent and not answered. */
  waiting(): number
  /** Two answers to one command that were not the same. */
  readonly contradictions: readonly string[]
  readonly resent: number
  /** Sends nothing again from now on. */
  leave(): void
}

export function outsideOf(seed: string, { workers, takers }: Addresses): Outside {
  const orders = new Map<string, Order>()
  const accepted = new Set<string>()
  const refused = new Set<string>()
  const contradictions: string[] = []
  const answers = new Map<string, Outcome>()
  let waiting = 0
  let resent = 0
  let turn = 0
  let left = false

  /** Each time to another process that takes it, as a load balancer does. */
  async function send(command: Command): Promise<Outcome | undefined> {
    const to = takers(command.aggregate)
    waiting++
    while (!left) {
      const worker = workerOf(workers, to[turn++ % to.length] ?? '')
      const reply = await worker.ask({ kind: 'execute', command })
      if (reply?.kind === 'outcome') {
        waiting--
        compare(command, reply.outcome)
        return reply.outcome
      }
      resent++
      await sleep(AGAIN_AFTER)
    }
    return undefined
  }

  function compare({ commandId = '' }: Command, outcome: Outcome): void {
    const before = answers.get(commandId) ?? outcome
    answers.set(commandId, before)
    if (before.outcome === outcome.outcome && before.refusal === outcome.refusal) return
    contradictions.push(`${commandId}: ${JSON.stringify(before)}, then ${JSON.stringify(outcome)}`)
  }

  return {
    accepted,
    refused,
    contradictions,
    waiting: () => waiting,
    get resent() {
      return resent
    },
    leave() {
      left = true
    },
    async stock() {
      const filled = SKUS.map((sku) => ({ sku, quantity: PLENTY }))
      const adding = [...filled, { sku: MISSING_SKU, quantity: 1 }].map((data, number) =>
        send({ type: 'AddStock', aggregate: 'Stock', id: data.sku, data, commandId: `stock-${number}` }),
      )
      await Promise.all(adding)
    },
    async place(number) {
      const order = orderOf(seed, number)
      orders.set(order.id, order)
      const answer = await send(order.place)
      if (answer === undefined) return
      if (answer.outcome === 'events') accepted.add(order.id)
      else refused.add(order.id)
      if (order.doubled) await send(order.place)
    },
    hear({ type, stream }) {
      if (type !== 'PaymentRequested' && type !== 'PaymentVoided') return
      const order = orders.get(partsOf(stream).key)
      const command = order && answerTo(type, order)
      if (command) void send(command)
    },
  }
}
