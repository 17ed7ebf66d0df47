import type { Broker, Message } from '@eventwright/core'
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
  /** Processes so far, and which of them was the last to end. */
  let opened = 0
  let ended = 0

  function isDue(name: string): boolean {
    if (!isChosen(name) || disturbed.has(name)) return false
    disturbed.add(name)
    return true
  }

  function isDueAt(place: string, message: Message): boolean {
    return isOwn(message, tenant) && isDue(nameOf(messageAt(place, message)))
  }

  function end(): void {
    ended = opened
    crash()
  }

  /** What is left of a process that ended comes to no step, and ends none that came after it. */
  function process(broker: Broker): Partial<Broker> {
    const number = ++opened
    const isGone = (): boolean => number <= ended
    return {
      async publish(topic, messages) {
        await broker.publish(topic, messages)
        if (isGone()) return
        if (messages.filter((message) => isDueAt(`relay:${topic}`, message)).length > 0) end()
      },
      subscribe: (options, handler) =>
        broker.subscribe(options, (messages, delivery) =>
          handler(
            messages,
            acknowledging(delivery, (message) => {
              if (isGone()) return
              if (isDueAt(options.group, message)) end()
              else delivery.ack(message)
            }),
          ),
        ),
    }
  }

  return {
    disturbed,
    engine: wrapBroker(engine, process),
    rest: (rest) => rest(),
    answering({ type, id, commandId }) {
      if (opened > ended && isDue(nameOf({ place: 'outside', type, key: id, id: commandId }))) end()
    },
  }
}
