import type { App } from '@eventwright/core'

/** The runtime of a scenario: an app that may be ended in the middle, and is opened again on the same engines. */
export interface Host extends AsyncDisposable {
  /** Asks the app. What a crash cut off is asked again of the next one, so `work` must bear that. */
  use<Result>(work: (app: App) => Promise<Result>): Promise<Result>
  /** Ends the app as a killed process ends, also while it is being opened, and opens the next one. */
  crash(): void
  /** Drains and closes, for good: what is asked after that is refused. */
  stop(): Promise<void>
}

/** How an app comes and goes. */
export interface Lifecycle {
  open(): Promise<App>
  /** Ends it as a killed process ends: cut off at once, whenever the promise resolves. */
  kill(app: Promise<App>): Promise<void>
}

interface Running {
  /** Never settles where the app is ended before it is open. */
  readonly app: Promise<App>
  readonly crashed: Promise<undefined>
  /** Resolves when nothing of it is left. Does nothing before anything of it is there. */
  kill(): Promise<void> | undefined
}

/** Opens the first app. @throws what `open` throws */
export async function openHost(lifecycle: Lifecycle): Promise<Host> {
  let running = run(lifecycle, Promise.resolve())
  let stopping: Promise<void> | undefined

  function crash(): void {
    const killed = stopping ? undefined : running.kill()
    if (killed) running = run(lifecycle, killed)
  }

  async function use<Result>(work: (app: App) => Promise<Result>): Promise<Result> {
    for (;;) {
      const { app, crashed } = running
      const answer = await Promise.race([app.then(work).then((result) => ({ result })), crashed])
      if (answer) return answer.result
    }
  }

  function stop(): Promise<void> {
    stopping ??= running.app.then((app) => app.stop())
    return stopping
  }

  await use(async () => {})
  return { use, crash, stop, [Symbol.asyncDispose]: stop }
}

function run({ open, kill }: Lifecycle, before: Promise<void>): Running {
  const { promise: crashed, resolve: tellCrashed } = Promise.withResolvers<undefined>()
  let opening: Promise<App> | undefined
  const app = before.then(() => {
    opening = open()
    return opening
  })
  app.catch(() => undefined) // told to whoever asks
  return {
    app,
    crashed,
    kill() {
      if (!opening) return undefined
      tellCrashed(undefined)
      return kill(opening)
    },
  }
}
