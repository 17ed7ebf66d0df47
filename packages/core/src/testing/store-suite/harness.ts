import { AsyncLocalStorage } from 'node:async_hooks'
import { test } from 'node:test'
import type { NewEvent } from '../../event/index.ts'
import type { EventStore, RenewEpoch, StoreEngine, StoreOptions } from '../../store/index.ts'

/** An engine with nothing in it yet, for one test. */
export interface FreshStore {
  readonly engine: StoreEngine
  /** What a restore does: the log goes on in another epoch. */
  renewEpoch(options?: RenewEpoch): Promise<unknown>
  dispose(): Promise<void>
}

export interface StoreHarness {
  /** Begins the names of the tests: `sqlite`. */
  readonly name: string
  fresh(): Promise<FreshStore>
}

export interface Opened {
  readonly store: EventStore
  /** Opens the same data again; closed with the test. */
  open(options?: StoreOptions): Promise<EventStore>
  renewEpoch(options?: RenewEpoch): Promise<unknown>
}

/** One promise of the contract: a store of its own, closed and thrown away after it. */
export type Promised = (
  promise: string,
  check: (opened: Opened) => Promise<void>,
  options?: StoreOptions,
) => void

export function promised(harness: StoreHarness): Promised {
  return (promise, check, options) => {
    test(`${harness.name}: ${promise}`, { timeout: 120_000 }, async () => {
      const { engine, renewEpoch, dispose } = await harness.fresh()
      const opened: EventStore[] = []
      const open = async (asked?: StoreOptions): Promise<EventStore> => {
        const store = await engine.openStore(asked)
        opened.push(store)
        return store
      }
      try {
        await check({ store: await open(options), open, renewEpoch })
      } finally {
        for (const store of opened) await store.close()
        await dispose()
      }
    })
  }
}

export function happened(n: unknown = 1, id?: string): NewEvent {
  return id === undefined ? { type: 'Happened', data: { n } } : { type: 'Happened', data: { n }, id }
}

/** A gate: `passed` resolves once `open` was called. */
export function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { passed: promise, open: resolve }
}

/**
 * Lets `between` happen after the first run of some work has read and before it is flushed; later runs go
 * straight through. Gives how often the work ran.
 */
export function interleaved(between: () => Promise<unknown>): {
  readonly meet: () => Promise<void>
  readonly runs: () => number
} {
  const reached = gate()
  const go = gate()
  let runs = 0
  reached.passed.then(between).then(go.open, go.open)
  return {
    async meet() {
      runs++
      if (runs > 1) return
      reached.open()
      await go.passed
    },
    runs: () => runs,
  }
}

const asNobody = AsyncLocalStorage.snapshot()

/** Calls from outside any unit of work, as another process would. */
export function outside<Result>(call: () => Promise<Result>): Promise<Result> {
  return asNobody(call)
}
