/** Of the session time-out: a member lets go a little before others may take. */
const LETS_GO_AT = 0.9

/** Whoever cannot show that it lives must take its partitions for lost: another may have them. */
export class Session {
  readonly #milliseconds: number
  readonly #expired: () => void
  #shown = 0
  #expiry: NodeJS.Timeout | undefined
  #ended = false

  constructor(milliseconds: number, expired: () => void) {
    this.#milliseconds = milliseconds
    this.#expired = expired
  }

  /** Life was shown by what was asked for at `began`, on `performance.now()`. */
  shown(began: number): void {
    if (this.#ended || began < this.#shown) return
    this.#shown = began
    clearTimeout(this.#expiry)
    const left = began + this.#milliseconds * LETS_GO_AT - performance.now()
    this.#expiry = setTimeout(this.#expired, Math.max(0, left)).unref()
  }

  end(): void {
    this.#ended = true
    clearTimeout(this.#expiry)
  }
}
