/** What loops wait on and others ring. A ring while nobody waits is kept, so that none is lost. */
export class Wake {
  #rung = false
  readonly #waiting = new Set<() => void>()

  ring(): void {
    this.#rung = true
    for (const resolve of this.#waiting) resolve()
  }

  /** Resolves at once when it was rung since the last wait, else at the next ring or after `milliseconds`. */
  async wait(milliseconds?: number): Promise<void> {
    if (!this.#rung) {
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>((resolve) => {
        const done = (): void => {
          this.#waiting.delete(done)
          resolve()
        }
        this.#waiting.add(done)
        if (milliseconds !== undefined) timer = setTimeout(done, milliseconds)
      })
      clearTimeout(timer)
    }
    this.#rung = false
  }
}
