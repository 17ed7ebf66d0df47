import type { App } from '@eventwright/core'

/** The runtime of a scenario: an app that may be ended in the middle, and is opened again on the same engines. */
export interface Host extends AsyncDisposable {
  /** Asks the app. What a crash cut off is asked again of the next one, so `work` must bear that. */
  use<Result>(work: (app: App) => Promise<Result>): Promise<Result>
  /** Ends the app as a killed process ends, and opens the next one. */
  crash(): void
  /** Drains and closes, for good: what is asked after that is refused. */
  stop(): Promise<void>
}

/** How an app comes and goes. */
export interface Lifecycle {
  open(): Promise<App>
  /** Ends it as a killed process ends: cut off at once, whenever the promise resolves. */
  kill(app: App): Promise<void>
}

/** Opens the first app. @throws what `open` throws */
export async function openHost({ open, kill }: Lifecycle): Promise<Host> {
  let current: App | undefined
  let crashed = Promise.withResolvers<void>()
  let crashIsDue = false
  let stopping: Promise<void> | undefined
  let opened = start()

  async function start(): Promise<App> {
    const app = await open()
    if (!crashIsDue) {
      current = app
      return app
    }
    crashIsDue = false
    await kill(app)
    return start()
  }

  function crashNow(): void {
    if (stopping) return
    // Before it is open it cannot be ended: then as soon as it is.
    if (!current) crashIsDue = true
    else {
      const ended = kill(current)
      current = undefined
      opened = ended.then(start)
      opened.catch(() => undefined) // told to whoever asks next
      crashed.resolve()
      crashed = Promise.withResolvers()
    }
  }

  async function use<Result>(work: (app: App) => Promise<Result>): Promise<Result> {
    for (;;) {
      const app = await opened
      if (app !== current && !stopping) continue
      const cutOff = crashed.promise.then(() => undefined)
      const answer = await Promise.race([work(app).then((result) => ({ result })), cutOff])
      if (answer) return answer.result
    }
  }

  function stop(): Promise<void> {
    stopping ??= opened.then((app) => app.stop())
    return stopping
  }

  await opened
  return { use, crash: crashNow, stop, [Symbol.asyncDispose]: stop }
}
