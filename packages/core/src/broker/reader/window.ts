/**
 * The messages of a partition that were handed over and not acknowledged. Acknowledgements come in any
 * order; what may be committed is the lowest offset without one.
 */
export class InFlightWindow {
  /** Ascending, since messages are handed over in order. */
  readonly #open = new Set<number>()
  #next: number

  constructor(committed: number) {
    this.#next = committed
  }

  /** The offset to read from. */
  get next(): number {
    return this.#next
  }

  get size(): number {
    return this.#open.size
  }

  /** Messages that are acknowledged above one that is not. */
  get acknowledgedAhead(): number {
    return this.#next - this.committable - this.#open.size
  }

  /** The lowest offset that is not acknowledged. */
  get committable(): number {
    const lowest = this.#open.values().next()
    return lowest.done ? this.#next : lowest.value
  }

  handOver(offset: number): void {
    if (offset < this.#next) return
    this.#open.add(offset)
    this.#next = offset + 1
  }

  /** There is no message from the offset to read from up to this one. */
  skip(offset: number): void {
    this.#next = Math.max(this.#next, offset)
  }

  holds(offset: number): boolean {
    return this.#open.has(offset)
  }

  /** False when it was acknowledged before. */
  acknowledge(offset: number): boolean {
    return this.#open.delete(offset)
  }
}
