import { setTimeout as sleep } from 'node:timers/promises'
import type { Delivery, Message, MessageHandler, ReceivedMessage } from '@eventwright/core'
import { type Adversary, isOwn, type Rest, type Victim } from './adversary.ts'
import { HeldMessages } from './held-messages.ts'
import { randomFrom } from './random.ts'
import { messageAt, stepNames } from './step-names.ts'
import { acknowledging, wrapBroker } from './wrap-broker.ts'

/** Milliseconds for what one message leads to: longer, and it may be one that waits for a time that is not due. */
const PATIENCE = 250

/**
 * One message after the other, each with all that it leads to, drawn from all that could come next: keys and
 * partitions in an order of the seed, within a key in the order of the topic.
 */
export function interleave({ engine, tenant, published }: Victim, seed: number): Adversary {
  const nameOf = stepNames()
  const disturbed = new Set<string>()
  const held = new HeldMessages(randomFrom(seed))
  /** Released and not acknowledged. */
  const open = new Set<ReceivedMessage>()
  const groups = new Map<string, readonly string[]>()
  let expected = 0

  function expect(topic: string, messages: readonly Message[], sign: 1 | -1): void {
    const own = messages.filter((message) => isOwn(message, tenant)).length
    for (const topics of groups.values()) if (topics.includes(topic)) expected += sign * own
  }

  function hold(group: string, handler: MessageHandler, delivery: Delivery, message: ReceivedMessage): void {
    const own = acknowledging(delivery, (acknowledged) => {
      open.delete(message)
      delivery.ack(acknowledged)
    })
    held.add({
      group,
      message,
      release() {
        if (delivery.signal.aborted) return
        disturbed.add(nameOf(messageAt(group, message)))
        open.add(message)
        // The contract: what a handler throws at comes again.
        handler([message], own).catch(() => hold(group, handler, delivery, message))
      },
    })
  }

  /** All that was led to is handed over: what is held is all that could come next. */
  async function settled(): Promise<void> {
    const until = performance.now() + PATIENCE
    while (performance.now() < until) {
      if (open.size === 0 && expected <= 0 && (await published()) && expected <= 0) return
      await sleep(1)
    }
    open.clear()
  }

  async function release(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      if (held.size === 0) await sleep(1)
      else {
        await settled()
        held.take()?.release()
      }
    }
  }

  return {
    disturbed,
    engine: wrapBroker(engine, (broker) => ({
      async publish(topic, messages) {
        // Before: they may be handed over while the send is being answered.
        expect(topic, messages, 1)
        await broker.publish(topic, messages).catch((error: unknown) => {
          expect(topic, messages, -1)
          throw error
        })
      },
      subscribe(options, handler) {
        groups.set(options.group, options.topics)
        return broker.subscribe(options, async (messages, delivery) => {
          for (const message of messages) {
            if (isOwn(message, tenant)) {
              expected--
              hold(options.group, handler, delivery, message)
            } else await handler([message], delivery)
          }
        })
      },
    })),
    async rest(rest: Rest) {
      let isOver = false
      const releasing = release(() => isOver)
      releasing.catch(() => undefined) // told below; until then the app may have been stopped
      try {
        await rest()
      } finally {
        isOver = true
        await releasing
      }
    },
    answering() {},
  }
}
