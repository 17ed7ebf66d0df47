import type { Clock } from '../event/index.ts'
import type { Entry } from './entry.ts'

interface HeldLane<Value> {
  readonly entries: Entry<Value>[]
  /** On the app's clock; `undefined` waits for another release of this process. */
  due: number | undefined
  cancel: () => void
}

/** Keys whose first message waits, with the later ones behind it, while other keys go on. */
export class HeldLanes<Value> {
  readonly #lanes = new Map<string, HeldLane<Value>>()
  readonly #clock: Clock
  readonly #release: (entries: readonly Entry<Value>[]) => void

  constructor(clock: Clock, release: (entries: readonly Entry<Value>[]) => void) {
    this.#clock = clock
    this.#release = release
  }

  has(lane: string): boolean {
    return this.#lanes.has(lane)
  }

  holds(entry: Entry<Value>): boolean {
    return this.#lanes.get(entry.lane)?.entries.includes(entry) ?? false
  }

  /** Holds the key until `due`; what is behind it already stays behind. */
  hold(entry: Entry<Value>, due: number | undefined): void {
    const held = this.#lanes.get(entry.lane) ?? { entries: [], due, cancel: () => {} }
    held.cancel()
    held.due = due
    insert(held.entries, entry)
    held.cancel = due === undefined ? () => {} : this.#clock.at(due, () => this.#free(entry.lane))
    this.#lanes.set(entry.lane, held)
  }

  /** Puts a message of a key that waits in its place. */
  behind(entry: Entry<Value>): void {
    const held = this.#lanes.get(entry.lane)
    if (held) insert(held.entries, entry)
  }

  /** Messages that wait for a time that is not due, or for another release. */
  waiting(): number {
    let waiting = 0
    const now = this.#clock.now()
    for (const { due, entries } of this.#lanes.values()) {
      if (due === undefined || due > now) waiting += entries.length
    }
    return waiting
  }

  /** Keys that wait for another release. */
  newer(): number {
    return [...this.#lanes.values()].filter(({ due }) => due === undefined).length
  }

  nextDue(): number | undefined {
    const dues = [...this.#lanes.values()].flatMap(({ due }) => due ?? [])
    return dues.length === 0 ? undefined : Math.min(...dues)
  }

  clear(): void {
    for (const { cancel } of this.#lanes.values()) cancel()
    this.#lanes.clear()
  }

  #free(lane: string): void {
    const held = this.#lanes.get(lane)
    if (!held) return
    this.#lanes.delete(lane)
    this.#release(held.entries)
  }
}

function insert<Value>(entries: Entry<Value>[], entry: Entry<Value>): void {
  const after = entries.findIndex(({ message }) => message.offset > entry.message.offset)
  if (after < 0) entries.push(entry)
  else entries.splice(after, 0, entry)
}
