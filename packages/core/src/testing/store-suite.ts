import { appendPromises } from './store-suite/appends.ts'
import { documentPromises } from './store-suite/documents.ts'
import { flushPromises } from './store-suite/flushes.ts'
import { promised, type StoreHarness } from './store-suite/harness.ts'
import { idPromises } from './store-suite/ids.ts'
import { lifecyclePromises } from './store-suite/lifecycle.ts'
import { logQueryPromises } from './store-suite/log-queries.ts'
import { namePromises } from './store-suite/names.ts'
import { optionPromises } from './store-suite/options.ts'
import { payloadPromises } from './store-suite/payloads.ts'
import { readPromises } from './store-suite/reads.ts'
import { recordPromises } from './store-suite/records.ts'
import { rerunPromises } from './store-suite/reruns.ts'
import { unitPromises } from './store-suite/units.ts'

export type { FreshStore, StoreHarness } from './store-suite/harness.ts'

/**
 * The contract of an event store as tests of node:test: call it in a test file of your engine. Each test
 * gets an engine with nothing in it.
 */
export function storeSuite(harness: StoreHarness): void {
  const promise = promised(harness)
  appendPromises(promise)
  idPromises(promise)
  readPromises(promise)
  logQueryPromises(promise)
  payloadPromises(promise)
  namePromises(promise)
  optionPromises(promise)
  flushPromises(promise)
  unitPromises(promise)
  rerunPromises(promise)
  documentPromises(promise)
  recordPromises(promise)
  lifecyclePromises(promise)
}
