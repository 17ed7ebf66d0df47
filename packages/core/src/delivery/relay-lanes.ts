import type { Clock } from '../event/index.ts'
import { delayAfter } from './backoff.ts'
import type { RelayItem } from './relay-item.ts'

interface WaitingLane {
  readonly items: RelayItem[]
  failures: number
  due: number
}

/** Keys whose first message could not be published, with what came after it, while other keys go on. */
export class RelayLanes {
  readonly #lanes = new Map<string, WaitingLane>()
  readonly #clock: Clock
  readonly #backoff: { readonly backoff: number; readonly maxBackoff: number }
  readonly #random: () => number
  #bytes = 0

  constructor(
    clock: Clock,
    backoff: { readonly backoff: number; readonly maxBackoff: number },
    random: () => number,
  ) {
    this.#clock = clock
    this.#backoff = backoff
    this.#random = random
  }

  /** Puts it behind those of its key that wait; false when none does. */
  behind(item: RelayItem): boolean {
    if (this.#lanes.size === 0) return false
    const lane = this.#lanes.get(item.lane)
    if (lane === undefined) return false
    this.#add(lane, [item])
    return true
  }

  /** These of one key failed, in order. */
  failed(items: readonly RelayItem[]): void {
    const [first] = items
    if (!first) return
    const lane = this.#lanes.get(first.lane) ?? { items: [], failures: 0, due: 0 }
    if (!lane.items.includes(first)) this.#add(lane, items)
    lane.failures++
    lane.due = this.#clock.now() + delayAfter(lane.failures, this.#backoff, this.#random)
    this.#lanes.set(first.lane, lane)
  }

  /** Keys whose time has come. */
  due(): readonly { readonly lane: string; readonly items: readonly RelayItem[] }[] {
    const now = this.#clock.now()
    return [...this.#lanes].flatMap(([lane, { due, items }]) => (due <= now ? [{ lane, items }] : []))
  }

  /** The first items of a key are published or parked. */
  done(lane: string, items: number): void {
    const waiting = this.#lanes.get(lane)
    if (waiting === undefined) return
    this.#bytes -= bytesOf(waiting.items.splice(0, items))
    if (waiting.items.length === 0) this.#lanes.delete(lane)
  }

  nextDue(): number | undefined {
    const dues = [...this.#lanes.values()].map(({ due }) => due)
    return dues.length === 0 ? undefined : Math.min(...dues)
  }

  /** The lowest position that is not published. */
  lowest(): number | undefined {
    const first = [...this.#lanes.values()].flatMap(({ items }) => items[0]?.position ?? [])
    return first.length === 0 ? undefined : Math.min(...first)
  }

  get size(): number {
    let size = 0
    for (const { items } of this.#lanes.values()) size += items.length
    return size
  }

  /** What waits, in bytes. */
  get bytes(): number {
    return this.#bytes
  }

  clear(): void {
    this.#lanes.clear()
    this.#bytes = 0
  }

  #add(lane: WaitingLane, items: readonly RelayItem[]): void {
    lane.items.push(...items)
    this.#bytes += bytesOf(items)
  }
}

function bytesOf(items: readonly RelayItem[]): number {
  return items.reduce((sum, { bytes }) => sum + bytes, 0)
}
