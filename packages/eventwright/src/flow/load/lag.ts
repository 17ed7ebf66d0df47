import { type App, NotCaughtUp } from '@eventwright/core'

const EVERY = 250

/** Told how many milliseconds a projection was behind the log. */
export type OnLag = (projection: string, milliseconds: number) => void

/** Watches several, until it is disposed of. */
export function watchLags(app: App, projections: Iterable<string>, onLag: OnLag): AsyncDisposable {
  const lags = new AsyncDisposableStack()
  for (const name of projections) lags.use(watchLag(app, name, (ms) => onLag(name, ms)))
  return lags
}

/** Asks again and again how long it takes until a projection has what is in the log now. */
function watchLag(app: App, projection: string, onLag: (ms: number) => void): AsyncDisposable {
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
