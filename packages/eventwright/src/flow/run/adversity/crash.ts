import type { Message } from '@eventwright/core'
import { type Adversary, chosen, isOwn, type Victim } from './adversary.ts'
import { messageAt, stepNames } from './step-names.ts'
import { acknowledging, wrapBroker } from './wrap-broker.ts'

/**
 * The process ends at each step after its commit, before its acknowledgement: a consumer's offset, the relay's
 * checkpoint after a send, the answer to a command from outside. Each step once; what comes again may end.
 */
export function crashes({ engine, tenant, crash }: Victim, steps?: readonly string[]): Adversary {
  const nameOf = stepNames()
  const isChosen = chosen(steps)
  const disturbed = new Set<string>()

  function isDue(name: string): boolean {
    if (!isChosen(name) || disturbed.has(name)) return false
    disturbed.add(name)
    return true
  }

  function isDueAt(place: string, message: Message): boolean {
    return isOwn(message, tenant) && isDue(nameOf(messageAt(place, message)))
  }

  return {
    disturbed,
    engine: wrapBroker(engine, (broker) => ({
      async publish(topic, messages) {
        await broker.publish(topic, messages)
        if (messages.filter((message) => isDueAt(`relay:${topic}`, message)).length > 0) crash()
      },
      subscribe: (options, handler) =>
        broker.subscribe(options, (messages, delivery) =>
          handler(
            messages,
            acknowledging(delivery, (message) => {
              if (isDueAt(options.group, message)) crash()
              else delivery.ack(message)
            }),
          ),
        ),
    })),
    rest: (rest) => rest(),
    answering({ type, id, commandId }) {
      if (isDue(nameOf({ place: 'outside', type, key: id, id: commandId }))) crash()
    },
  }
}
