/** What one loop waits on and others ring. A ring while nobody waits is kept, so that none is lost. */
export class Wake {
  #rung = false
  #resolve: (() => void) | undefined

  ring(): void {
    this.#rung = true
    this.#resolve?.()
  }

  /** Resolves at once when it was rung since the last wait, else at the next ring or after `milliseconds`. */
  async wait(milliseconds?: number): Promise<void> {
    if (!this.#rung) {
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>((resolve) => {
        this.#resolve = resolve
        if (milliseconds !== undefined) timer = setTimeout(resolve, milliseconds)
      })
      clearTimeout(timer)
      this.#resolve = undefined
    }
    this.#rung = false
  }
}
