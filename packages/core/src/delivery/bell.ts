/** Wakes one loop: a ring while nobody waits is kept for the next wait. */
export interface Bell {
  ring(): void
  /** Resolves at the next ring, or after so many milliseconds of real time. */
  wait(milliseconds?: number): Promise<void>
}

export function bell(): Bell {
  let rung = false
  let waiting: (() => void) | undefined
  return {
    ring() {
      if (waiting) waiting()
      else rung = true
    },
    async wait(milliseconds) {
      if (!rung) {
        const { promise, resolve } = Promise.withResolvers<void>()
        waiting = resolve
        const timeout = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds).unref()
        await promise
        clearTimeout(timeout)
        waiting = undefined
      }
      rung = false
    },
  }
}
