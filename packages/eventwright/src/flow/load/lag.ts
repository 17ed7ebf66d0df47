import { type App, NotCaughtUp } from '@eventwright/core'

const EVERY = 250

/**
 * Asks again and again how long it takes until a projection has what is in the log now, until it is disposed of.
 */
export function watchLag(app: App, projection: string, onLag: (ms: number) => void): AsyncDisposable {
  const ending = Promise.withResolvers<void>()
  let ended = false

  async function watch(): Promise<void> {
    while (!ended) {
      const asked = performance.now()
      try {
        await app.caughtUp(projection, await app.store.head(), { timeout: 5000 })
      } catch (error) {
        if (!(error instanceof NotCaughtUp)) return // the projection is faulted: the balance says so
      }
      onLag(performance.now() - asked)
      await Promise.race([ending.promise, pause()])
    }
  }

  const watching = watch()
  return {
    async [Symbol.asyncDispose]() {
      ended = true
      ending.resolve()
      await watching
    },
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, EVERY))
}
