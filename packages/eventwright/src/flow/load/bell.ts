/** Wakes the one who waits. A ring that nobody waits for is kept. */
export interface Bell {
  ring(): void
  wait(): Promise<void>
}

export function newBell(): Bell {
  let rung = Promise.withResolvers<void>()
  return {
    ring: () => rung.resolve(),
    async wait() {
      await rung.promise
      rung = Promise.withResolvers()
    },
  }
}
