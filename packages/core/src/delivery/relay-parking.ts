import type { ReceivedMessage } from '../broker/index.ts'
import type { RecordedEvent } from '../event/index.ts'
import type { EventStore } from '../store/index.ts'
import { type Reason, Unprocessable } from './errors.ts'
import { lanePrefix, rowId, summaryId } from './lane.ts'
import { parkedKeys } from './marked.ts'
import {
  type Arrival,
  BEHIND,
  count,
  DEAD,
  isParked,
  messageOf,
  PARKED,
  type ParkedKey,
  type ParkedMessage,
  type ParkedSummary,
  park,
  unpark,
} from './parking.ts'
import { itemsOf, type RelayItem, type Route, streamLane } from './relay-item.ts'

/** The consumer under which the relay's dead letters stand, and the name of its lease, fence and checkpoint. */
export const RELAY = 'relay'
const LOG = 'log'

/** The relay's dead letters name the event by its position: the payload stands in the log. */
export interface RelayParking {
  look(): Promise<ParkedSummary | undefined>
  /** False where nothing was parked at the last look, nor since: nobody parks but who has the lease. */
  isAny(): boolean
  /** Parks what belongs behind a parked stream or key; gives what is free to go. */
  free(event: RecordedEvent, items: readonly RelayItem[]): Promise<readonly RelayItem[]>
  park(item: RelayItem, reason: Reason): Promise<void>
  /** Publishes what is parked under marked keys; a key whose publishing throws stays parked, unmarked. */
  redrive(publish: (item: RelayItem) => Promise<void>): Promise<void>
}

export function relayParking(store: EventStore, route: Route, token: () => number): RelayParking {
  let any = true
  let parks = 0

  function parked(): void {
    any = true
    parks++
  }

  async function parkBehind(arrival: Arrival): Promise<boolean> {
    const row = await store.documents<ParkedKey>(PARKED).get(rowId(RELAY, arrival.lane))
    if (!row) return false
    return store.transaction(async (tx) => {
      tx.fence(RELAY, token())
      // It may have been dropped since.
      if (!(await isParked(tx, RELAY, arrival.lane))) return false
      await park(tx, arrival, { reason: BEHIND, attempts: 0 })
      return true
    })
  }

  async function first(row: ParkedKey): Promise<{ id: string; value: ParkedMessage } | undefined> {
    const letters = store.documents<ParkedMessage>(DEAD)
    return (await letters.list({ prefix: lanePrefix(RELAY, row.lane), limit: 1 }))[0]
  }

  /** Parked with its stream, all that the event sends; parked with its key, only that. */
  async function itemsAt(lane: string, position: number): Promise<readonly RelayItem[]> {
    const { events } = await store.readAll({ after: position - 1, limit: 1, raw: true })
    const event = events[0]
    if (event?.position !== position) return []
    const items = itemsOf(event, route)
    return lane === streamLane(event) ? items : items.filter((item) => item.lane === lane)
  }

  async function publishLetter(
    row: ParkedKey,
    position: number,
    publish: (item: RelayItem) => Promise<void>,
  ): Promise<void> {
    for (const item of await itemsAt(row.lane, position)) {
      if (item.broken) throw new Unprocessable(item.broken.message)
      await publish(item)
    }
  }

  async function redriveKey(row: ParkedKey, publish: (item: RelayItem) => Promise<void>): Promise<void> {
    for (let letter = await first(row); letter; letter = await first(row)) {
      const { id, value } = letter
      await publishLetter(row, messageOf(value).offset, publish)
      const more = await store.transaction(async (tx) => {
        tx.fence(RELAY, token())
        const now = await tx.documents<ParkedKey>(PARKED).get(rowId(RELAY, row.lane))
        // It may have been dropped while it was published: then it is not counted off again.
        const isThere = (await tx.documents(DEAD).get(id)) !== undefined
        if (now && isThere) unpark(tx, now, id)
        return (now?.count ?? 0) > (isThere ? 1 : 0)
      })
      if (!more) return
    }
  }

  async function unmark(row: ParkedKey): Promise<void> {
    await store.transaction(async (tx) => {
      tx.fence(RELAY, token())
      const rows = tx.documents<ParkedKey>(PARKED)
      const now = await rows.get(rowId(RELAY, row.lane))
      if (!now?.redrive) return
      const { redrive: _, ...parked } = now
      rows.put(rowId(RELAY, row.lane), parked)
      count(tx, RELAY, { keys: 0, redrives: -1 })
    })
  }

  async function look(): Promise<ParkedSummary | undefined> {
    const before = parks
    const summary = await store.documents<ParkedSummary>(PARKED).get(summaryId(RELAY))
    // What was parked meanwhile, it may not have seen.
    if (parks === before) any = summary !== undefined
    return summary
  }

  return {
    look,
    isAny: () => any,
    async free(event, items) {
      if (!any || items.length === 0) return items
      const whole = { ...arrivalOf(event, items[0]), lane: streamLane(event), key: event.stream }
      if (await parkBehind(whole)) return []
      const free: RelayItem[] = []
      for (const item of items) if (!(await parkBehind(arrivalOf(event, item)))) free.push(item)
      return free
    },
    async park(item, reason) {
      await store.transaction(async (tx) => {
        tx.fence(RELAY, token())
        await park(tx, arrivalOf(item.event, item), { reason, attempts: 1 })
      })
      parked()
    },
    async redrive(publish) {
      for (const row of await parkedKeys(store, RELAY, '')) {
        if (!row.redrive) continue
        try {
          await redriveKey(row, publish)
        } catch (error) {
          await unmark(row)
          throw error
        }
      }
    },
  }
}

function arrivalOf(event: RecordedEvent, item: RelayItem | undefined): Arrival {
  const message: ReceivedMessage = {
    id: item?.messages[0]?.id ?? event.id,
    key: item?.key ?? null,
    headers: {},
    // The payload may be too large for a document; it stands in the log.
    value: '',
    topic: item?.topic ?? '',
    partition: 0,
    offset: event.position,
    publishedAt: event.recordedAt,
  }
  const { lane = streamLane(event), key = null } = item ?? {}
  return { consumer: RELAY, key, lane, source: LOG, offset: event.position, messages: [message] }
}
