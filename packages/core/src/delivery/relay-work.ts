import { FencedOut, StoreClosed } from '../store/index.ts'
import type { Runtime } from './component.ts'
import { refuseLogBehind } from './log-behind.ts'
import type { ParkedSummary } from './parking.ts'
import type { RelayLanes } from './relay-lanes.ts'
import type { RelayLease } from './relay-lease.ts'
import type { RelaySettings } from './relay-options.ts'
import type { RelayParking } from './relay-parking.ts'
import type { RelayProgress } from './relay-progress.ts'
import type { RelayReader, RelaySlice } from './relay-reader.ts'
import { LeaseLost, type RelaySender } from './relay-sender.ts'

/** Messages that wait are kept in memory: beyond so many bytes of them nothing more is read. */
const MOST_BYTES = 64_000_000

export interface RelayParts {
  readonly lanes: RelayLanes
  readonly lease: RelayLease
  readonly parking: RelayParking
  readonly progress: RelayProgress
  readonly reader: RelayReader
  readonly sender: RelaySender
  readonly prepare: () => Promise<void>
  readonly troubled: (error: unknown) => void
}

/** What the holder of the lease does, turn after turn. */
export interface RelayWork {
  /** Takes the lease and begins at the checkpoint; false while another process has it. */
  take(): Promise<boolean>
  /** Publishes the next slice of the log; false when there is none. */
  turn(): Promise<boolean>
  /** Resolves when nothing that turns began is under way. */
  over(): Promise<void>
  /** True when all that could be read by then has been; the log ended at `head`. */
  isThrough(head: number): boolean
}

export function relayWork(runtime: Runtime, settings: RelaySettings, parts: RelayParts): RelayWork {
  const { lanes, lease, parking, progress, reader, sender, prepare, troubled } = parts
  let cursor = 0

  async function over(): Promise<void> {
    await Promise.all([reader.forget(), progress.over()])
  }

  async function next(): Promise<RelaySlice> {
    if (!isFull()) return reader.after(cursor)
    return { events: [], examined: cursor, isFull: false, parked: await parking.look() }
  }

  function isFull(): boolean {
    return lanes.size >= settings.maxWaiting || lanes.bytes >= MOST_BYTES
  }

  async function redrive(parked: ParkedSummary | undefined): Promise<void> {
    if (!parked?.redrives) return
    try {
      await prepare()
      await parking.redrive((item) => sender.send(item.topic, [item]))
    } catch (error) {
      if (error instanceof FencedOut || error instanceof LeaseLost || error instanceof StoreClosed)
        throw error
      troubled(error)
    }
  }

  function reached(): void {
    const lowest = lanes.lowest()
    if (lease.isHeld()) progress.reached(lowest === undefined ? cursor : Math.min(cursor, lowest - 1))
  }

  return {
    async take() {
      await refuseLogBehind(runtime.store, runtime.broker)
      // A move that is still under way would move the checkpoint that is read here.
      await over()
      await progress.settled()
      if (!(await lease.take())) return false
      cursor = await progress.begin()
      await parking.look()
      lanes.clear()
      lease.keep()
      return true
    },
    async turn() {
      const slice = await next()
      await redrive(slice.parked)
      await sender.retry()
      // The next slice is read, and its messages are made, while this one is under way.
      if (slice.isFull) reader.begin(slice.examined)
      await sender.publish(slice.events)
      cursor = Math.max(cursor, slice.examined)
      reached()
      const more = slice.events.length > 0
      if (!more) await progress.settled()
      return more
    },
    over,
    isThrough: (head) => cursor >= head || isFull(),
  }
}
