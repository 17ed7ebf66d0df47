import type { ReceivedMessage } from '@eventwright/core'

/** A message that was handed over and is held back. */
export interface Held {
  readonly group: string
  readonly message: ReceivedMessage
  /** Hands it to its handler. */
  release(): void
}

interface Lane {
  readonly name: string
  readonly held: Held[]
  priority: number
}

/** How often a lane that was served gets another priority. */
const CHANGES = 0.25

/**
 * Messages by consumer group, partition and key: within these the order stands, between them the seed chooses. Each
 * has a priority that mostly stays, so that one may be left behind for long: orders that go wrong only when one
 * message is much later than all others are found so, and hardly by a throw of dice at each message (Burckhardt and
 * others, "A randomized scheduler with probabilistic guarantees of finding bugs", 2010).
 */
export class HeldMessages {
  readonly #lanes = new Map<string, Lane>()
  readonly #random: () => number

  constructor(random: () => number) {
    this.#random = random
  }

  get size(): number {
    let size = 0
    for (const { held } of this.#lanes.values()) size += held.length
    return size
  }

  add(held: Held): void {
    const { group, message } = held
    const { topic, partition, key, offset } = message
    // Without a key nothing promises an order.
    const name = JSON.stringify([group, topic, partition, key ?? offset])
    const lane = this.#lanes.get(name) ?? { name, held: [], priority: Number.NaN }
    lane.held.push(held)
    this.#lanes.set(name, lane)
  }

  /** The next one. What is drawn depends on the seed and on what is held, not on the order in which it came. */
  take(): Held | undefined {
    const lanes = [...this.#lanes.values()]
      .filter(({ held }) => held.length > 0)
      .sort((one, other) => (one.name < other.name ? -1 : 1))
    for (const lane of lanes) if (Number.isNaN(lane.priority)) lane.priority = this.#random()
    const [first] = lanes.toSorted((one, other) => other.priority - one.priority)
    if (first && this.#random() < CHANGES) first.priority = this.#random()
    return first?.held.shift()
  }
}
