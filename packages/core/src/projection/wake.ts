/** What a loop waits on: a ring while it works is kept, so that none is lost. */
export interface Wake {
  ring(): void
  /** Resolves at the next ring (at once if one was kept) or after `milliseconds`. Keeps no process alive. */
  wait(milliseconds: number): Promise<void>
}

export function wake(): Wake {
  let rung = false
  let waiting: (() => void) | undefined
  return {
    ring() {
      rung = true
      waiting?.()
    },
    async wait(milliseconds) {
      if (!rung) {
        const { promise, resolve } = Promise.withResolvers<void>()
        const timeout = setTimeout(resolve, milliseconds).unref()
        waiting = resolve
        await promise
        clearTimeout(timeout)
        waiting = undefined
      }
      rung = false
    },
  }
}
