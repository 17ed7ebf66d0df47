import type { EventStore, RecordedEvent } from '@eventwright/core'

/** Follows the log of one tenant, behind its commits. */
export interface Tail extends AsyncDisposable {
  /** Resolves once everything that is in the log now was told. @throws what reading threw */
  caughtUp(): Promise<void>
}

export interface TailOptions {
  readonly tenant: string
  readonly types: readonly string[]
  readonly onEvent: (event: RecordedEvent) => void
  readonly onError: (error: unknown) => void
}

/** Between two readings: a reading for every commit would cost more than what it measures. */
const PAUSE = 4

/** Tells of each event of these types that is committed from now on, in the order of the log. */
export async function tailLog(store: EventStore, options: TailOptions): Promise<Tail> {
  const { tenant, types, onEvent, onError } = options
  let after = await store.head()
  let told = Promise.withResolvers<void>()
  let timer: NodeJS.Timeout | undefined
  let reading: Promise<void> | undefined
  let again = false
  let ended = false
  let failure: { readonly error: unknown } | undefined

  async function read(): Promise<void> {
    again = false
    const { events, examined } = await store.readAll({ after, types, tenant })
    after = examined
    for (const event of events) onEvent(event)
    if (events.length > 0) again = true
    told.resolve()
    told = Promise.withResolvers()
  }

  function look(): void {
    timer = undefined
    reading = read()
      .catch(fail)
      .finally(() => {
        reading = undefined
        if (again) wake()
      })
  }

  function fail(error: unknown): void {
    failure = { error }
    told.resolve()
    onError(error)
  }

  function wake(): void {
    again = true
    if (!ended && !failure && !reading) timer ??= setTimeout(look, PAUSE)
  }

  const endCommits = store.onCommit(wake)
  return {
    async caughtUp() {
      for (const head = await store.head(); after < head && !ended; ) {
        if (failure) throw failure.error
        wake()
        await told.promise
      }
    },
    async [Symbol.asyncDispose]() {
      ended = true
      endCommits()
      clearTimeout(timer)
      await reading
      told.resolve()
    },
  }
}
