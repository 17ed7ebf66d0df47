import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Broker } from '../broker/index.ts'
import { type EventStore, isHeldBack, LogBehind } from '../store/index.ts'
import { markIn } from './log-mark.ts'

/** Messages of each partition that are looked at: others may publish to the same topic in between. */
const LOOKED_AT = 20

const checked = new WeakMap<EventStore, Promise<void>>()

/**
 * Sees that the broker holds nothing that an event of this log sent which the log does not hold: a file that lost its tail gives the
 * same positions and versions to other events, which consumers then take for those that they had. Asked once for
 * each opening of a store, since a log that is open loses nothing.
 * @throws LogBehind
 */
export function refuseLogBehind(store: EventStore, broker: Broker): Promise<void> {
  const known = checked.get(store)
  if (known !== undefined) return known
  const again = (): void => void checked.delete(store)
  const checking = check(store, broker).then((isKnown) => {
    if (!isKnown) again()
  })
  checked.set(store, checking)
  checking.catch((error: unknown) => {
    if (!(error instanceof LogBehind)) again()
  })
  return checking
}

/** False where it cannot be told now. */
async function check(store: EventStore, broker: Broker): Promise<boolean> {
  const furthest = await furthestOf(store.epoch, broker)
  if (furthest === undefined) return true
  const { topic, position, events } = furthest
  // What another process published by then is in the log, if that is read last, and not as this turn saw it before.
  await nextTurn()
  const head = await store.head()
  const witness = `topic "${topic}" of ${broker.url}`
  if (position > head) {
    if (await isHeldBack(store, position)) return false
    throw new LogBehind(
      store.url,
      `ends at position ${head}, and ${witness} holds position ${position} of it`,
    )
  }
  // The log may have grown again since.
  const slice = await store.readAll({ after: position - 1, limit: 1, raw: true })
  if (slice.examined < position) return false
  const there = slice.events.find((event) => event.position === position)?.id
  if (events.size === 0 || (there !== undefined && events.has(there))) return true
  throw new LogBehind(store.url, `holds another event at position ${position} than ${witness}`)
}

interface Published {
  readonly topic: string
  readonly position: number
  /** Ids that messages give for the event at that position. */
  readonly events: Set<string>
}

async function furthestOf(epoch: string, broker: Broker): Promise<Published | undefined> {
  let furthest: Published | undefined
  for (const { topic } of await broker.topics()) {
    for (const message of await broker.latest(topic, LOOKED_AT)) {
      const mark = markIn(epoch, message)
      if (mark === undefined || mark.position < (furthest?.position ?? 1)) continue
      if (mark.position !== furthest?.position)
        furthest = { topic, position: mark.position, events: new Set() }
      if (mark.event !== undefined) furthest.events.add(mark.event)
    }
  }
  return furthest
}
