import { suite, test } from 'node:test'
import type { EventStore, StoreEngine } from '../store/index.ts'
import { accountCatalog } from './aggregate/account.ts'
import { commands } from './aggregate/commands.ts'
import { compensating } from './aggregate/compensating.ts'
import { outcomes } from './aggregate/outcomes.ts'
import { races } from './aggregate/races.ts'
import { snapshots } from './aggregate/snapshots.ts'

/** Gives each test a store engine of its own, whose data `openStore` finds again until it is disposed of. */
export interface AggregateSuiteEngine {
  readonly engine: StoreEngine
  dispose(): Promise<void>
}

/** The contract of commands and aggregates on a store engine, as tests of `node:test`. */
export function aggregateSuite(name: string, makeEngine: () => Promise<AggregateSuiteEngine>): void {
  suite(`aggregates on ${name}`, { concurrency: 1 }, () => {
    const promises = { ...outcomes, ...commands, ...races, ...compensating, ...snapshots }
    for (const [promise, check] of Object.entries(promises)) {
      test(promise, { timeout: 120_000 }, async () => {
        const { engine, dispose } = await makeEngine()
        const stores: EventStore[] = []
        const open = async (
          options: Parameters<StoreEngine['openStore']>[0] = { catalog: accountCatalog() },
        ) => {
          const store = await engine.openStore(options)
          stores.push(store)
          return store
        }
        try {
          await check({ open })
        } finally {
          await Promise.all(stores.map((store) => store.close()))
          await dispose()
        }
      })
    }
  })
}
