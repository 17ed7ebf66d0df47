import type { Broker, Message } from '@eventwright/core'
import { type Adversary, chosen, isOwn, type Victim } from './adversary.ts'
import { messageAt, stepNames } from './step-names.ts'
import { wrapBroker } from './wrap-broker.ts'

interface Sent {
  readonly topic: string
  readonly message: Message
}

/**
 * Each message comes again when everything has come to rest, and all of them once more at the end, the last one
 * first: after time-outs, ends of sagas and whatever the clock brought.
 */
export function late({ engine, tenant }: Victim, steps?: readonly string[]): Adversary {
  const nameOf = stepNames()
  const isChosen = chosen(steps)
  const disturbed = new Set<string>()
  const all: Sent[] = []
  let fresh: Sent[] = []
  let current: Broker | undefined

  async function again(sent: readonly Sent[]): Promise<void> {
    for (const { topic, message } of sent) await current?.publish(topic, [message])
  }

  return {
    disturbed,
    engine: wrapBroker(engine, (broker) => {
      current = broker
      return {
        async publish(topic, messages) {
          await broker.publish(topic, messages)
          for (const message of messages) {
            if (!isOwn(message, tenant)) continue
            const name = nameOf(messageAt(topic, message))
            if (!isChosen(name)) continue
            disturbed.add(name)
            fresh.push({ topic, message })
          }
        },
      }
    }),
    async rest(rest, last) {
      await rest()
      while (fresh.length > 0) {
        const sent = fresh
        fresh = []
        all.push(...sent)
        await again(sent)
        await rest()
      }
      if (!last) return
      await again(all.toReversed())
      await rest()
    },
    answering() {},
  }
}
