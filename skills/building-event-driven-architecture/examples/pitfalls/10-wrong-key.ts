// An order is placed and then cancelled. Each partition has a consumer of its own, and they run as they like.
import { createHash } from 'node:crypto'
import { type Actor, everyInterleaving, pitfall, type Result } from './lab.ts'

interface Message {
  readonly id: string
  readonly order: string
  readonly type: 'OrderPlaced' | 'OrderCancelled'
}
const placed: Message = { id: 'm-1', order: 'o-2', type: 'OrderPlaced' }
const cancelled: Message = { id: 'm-3', order: 'o-2', type: 'OrderCancelled' }

class Topic {
  readonly partitions: Message[][]
  private readonly keyOf: (message: Message) => string
  complete = false
  constructor(partitions: number, keyOf: (message: Message) => string) {
    this.partitions = Array.from({ length: partitions }, () => [])
    this.keyOf = keyOf
  }

  send(message: Message): string {
    const hash = createHash('sha256').update(this.keyOf(message)).digest().readUInt32BE()
    const partition = hash % this.partitions.length
    this.partitions[partition]?.push(message)
    return `${message.type} goes to partition ${partition} of ${this.partitions.length}`
  }

  unread(): number {
    return this.partitions.flat().length
  }
}

/** What is placed is sent, unless it was cancelled. A cancellation of what is not known does nothing. */
class Warehouse {
  readonly toSend = new Set<string>()
  handle({ type, order }: Message): string {
    if (type === 'OrderPlaced') this.toSend.add(order)
    else this.toSend.delete(order)
    return `${type} is handled`
  }
}

function* consumer(topic: Topic, partition: number, warehouse: Warehouse): Actor {
  const next = (): Message | undefined => topic.partitions[partition]?.[0]
  for (;;) {
    yield () => next() !== undefined || topic.complete
    const message = topic.partitions[partition]?.shift()
    if (!message) return undefined
    yield warehouse.handle(message)
  }
}

/** The number of partitions may grow between the two messages: at once, or when all that was sent is handled. */
type Growth = 'none' | 'at once' | 'after the drain'

function* producer(topic: Topic, growth: Growth): Actor {
  yield topic.send(placed)
  if (growth === 'after the drain') yield () => topic.unread() === 0
  if (growth !== 'none') topic.partitions.push([])
  const told = topic.send(cancelled)
  topic.complete = true
  return told
}

function run(
  keyOf: (message: Message) => string,
  growth: Growth,
): { wrong: number; story: readonly string[] } {
  const runs = everyInterleaving(() => {
    const topic = new Topic(2, keyOf)
    const warehouse = new Warehouse()
    // Nothing falls into a third partition, so its consumer would do nothing.
    return {
      actors: [producer(topic, growth), consumer(topic, 0, warehouse), consumer(topic, 1, warehouse)],
      outcome: () => warehouse.toSend.size,
    }
  })
  const wrong = runs.filter(({ outcome }) => outcome > 0)
  return { wrong: wrong.length > 0 ? 1 : 0, story: wrong[0]?.story ?? [] }
}

function tell(one: ReturnType<typeof run>, grown: ReturnType<typeof run>): Result {
  return {
    figures: {
      'cancelled orders that are sent': one.wrong,
      'cancelled orders that are sent when the topic grows': grown.wrong,
    },
    story: [...one.story, '--', ...grown.story],
  }
}

const byMessage = ({ id }: Message): string => id
const byOrder = ({ order }: Message): string => order

await pitfall({
  title: '10. The wrong key: what belongs together is not in one partition',
  naive: () => tell(run(byMessage, 'none'), run(byOrder, 'at once')),
  mended: () => tell(run(byOrder, 'none'), run(byOrder, 'after the drain')),
  should: {
    'cancelled orders that are sent': 0,
    'cancelled orders that are sent when the topic grows': 0,
  },
  fails: {
    'cancelled orders that are sent': 1,
    'cancelled orders that are sent when the topic grows': 1,
  },
  eventwright: 'events are keyed by the id of their aggregate; topics apply refuses to remap keys.',
})
