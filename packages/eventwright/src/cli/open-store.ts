import type { Broker, EventStore } from '@eventwright/core'
import { brokerEngine, type StoreAndBrokerEngine, storeEngine } from '@eventwright/core/engines'
import { asUsage } from './engines.ts'
import { UsageError } from './usage-error.ts'

/** How `--help` names the stores that a command looks into. */
export const STORES = 'sqlite:FILE or postgres://HOST/DATABASE?schema=NAME'
export const STORE: string = `the store: ${STORES}`

/** The engine of a store that is only looked at: nothing in it changes, and nobody waits for it. */
export function readOnly(url: string): Promise<StoreAndBrokerEngine> {
  return kept(url, '--store', () => storeEngine(url, { readOnly: true }))
}

/** Opens a store that is there, to look at it. */
export async function openToRead(url: string): Promise<EventStore> {
  return (await readOnly(url)).openStore()
}

/** Opens a broker that is there, to look at it: it removes nothing that is past its retention. */
export async function openBrokerToRead(url: string): Promise<Broker> {
  const options = { readOnly: true, retention: Number.POSITIVE_INFINITY }
  return (await kept(url, '--broker', () => brokerEngine(url, options))).openBroker()
}

/** Opens a store that is there, to write to it. */
export async function openToWrite(url: string): Promise<EventStore> {
  return (await engineToWrite(url)).openStore()
}

/** The engine of a store that is there, to write to it. */
export async function engineToWrite(url: string): Promise<StoreAndBrokerEngine> {
  // It says what is wrong where writing would make a new store.
  const reading = await openToRead(url)
  await reading.close()
  return storeEngine(url)
}

/** What is in memory is gone with its process. @throws UsageError */
async function kept<Engine>(url: string, option: string, open: () => Promise<Engine>): Promise<Engine> {
  if (url === 'memory:')
    throw new UsageError(`${option} memory: is empty; name the one that a service uses, ${STORES}`)
  return open().catch(asUsage)
}
