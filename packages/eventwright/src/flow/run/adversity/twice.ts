import { type Adversary, chosen, isOwn, type Victim } from './adversary.ts'
import { messageAt, stepNames } from './step-names.ts'
import { wrapBroker } from './wrap-broker.ts'

/** Each message stands in its topic twice, as after a send whose answer was lost: often in one batch. */
export function twice({ engine, tenant }: Victim, steps?: readonly string[]): Adversary {
  const nameOf = stepNames()
  const isChosen = chosen(steps)
  const disturbed = new Set<string>()
  return {
    disturbed,
    engine: wrapBroker(engine, (broker) => ({
      async publish(topic, messages) {
        const doubled = messages.flatMap((message) => {
          if (!isOwn(message, tenant)) return [message]
          const name = nameOf(messageAt(topic, message))
          if (!isChosen(name)) return [message]
          disturbed.add(name)
          return [message, message]
        })
        await broker.publish(topic, doubled)
      },
    })),
    rest: (rest) => rest(),
    answering() {},
  }
}
