import type { Broker } from '../broker/index.ts'
import { type EventStore, LogBehind } from '../store/index.ts'
import { positionIn } from './log-mark.ts'

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
  const checking = check(store, broker)
  checked.set(store, checking)
  checking.catch((error: unknown) => {
    if (!(error instanceof LogBehind)) checked.delete(store)
  })
  return checking
}

async function check(store: EventStore, broker: Broker): Promise<void> {
  const furthest = await furthestOf(store.epoch, broker)
  // The head is read last: what another process published by then is in it.
  const head = await store.head()
  if (furthest === undefined || furthest.position <= head) return
  const { topic, position } = furthest
  throw new LogBehind({ url: store.url, head }, `topic "${topic}" of ${broker.url} holds`, position)
}

interface Published {
  readonly topic: string
  readonly position: number
}

async function furthestOf(epoch: string, broker: Broker): Promise<Published | undefined> {
  let furthest: Published | undefined
  for (const { topic } of await broker.topics()) {
    for (const message of await broker.latest(topic, LOOKED_AT)) {
      const position = positionIn(epoch, message)
      if (position !== undefined && position > (furthest?.position ?? 0)) furthest = { topic, position }
    }
  }
  return furthest
}
