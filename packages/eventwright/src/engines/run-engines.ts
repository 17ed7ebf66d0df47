import { randomBytes } from 'node:crypto'
import type { BrokerEngine, StoreEngine } from '@eventwright/core'
import { brokerEngine, storeEngine } from '@eventwright/core/engines'
import { dropSchema, remainsOfSchema } from './drop-schema.ts'
import { dropTopics, remainsOfTopics } from './drop-topics.ts'
import { ofOwnSchema } from './no-right.ts'
import { isKafka, isPostgres, parameterOf, withParameter } from './url.ts'

/** The engines of one run, as far as URLs named any. Disposing removes what the run had for itself alone. */
export interface RunEngines extends AsyncDisposable {
  readonly store?: StoreEngine
  readonly broker?: BrokerEngine
  /** What it had for itself and has not removed yet, each with the statement that does. */
  remains(): readonly string[]
}

/** As the command line has them. */
export interface RunUrls {
  readonly store?: string | undefined
  readonly broker?: string | undefined
}

/**
 * Opens what URLs name for a run. A PostgreSQL without `?schema=NAME`, or a Kafka without `?prefix=NAME`, gets one of
 * its own, which is removed at the end: runs do not meet there, and leave nothing. A store on PostgreSQL is its own
 * broker where no other one is named. `warn` is told what could not be removed.
 * @throws UnknownEngine EngineNotInstalled InvalidOption
 */
export async function enginesForRun(given: RunUrls, warn: (message: string) => void): Promise<RunEngines> {
  const name = `run_${randomBytes(6).toString('hex')}`
  const store = given.store === undefined ? undefined : inSchema(given.store, name)
  const broker =
    given.broker === undefined ? ownBroker(store) : withPrefix(inSchema(given.broker, name), name)
  await readAsTyped(given)
  const storing = store === undefined ? undefined : await storeEngine(store)
  const brokering = broker === undefined || broker === store ? undefined : await brokerEngine(broker)
  const removals = new Map<string, () => Promise<void>>()
  const opening = (url: string): ReturnType<Opening> => {
    if (url === given.store || url === given.broker || removals.has(url)) return (error) => error
    removals.set(url, () => (isKafka(url) ? dropTopics(url) : dropSchema(url)))
    return (error) => {
      removals.delete(url)
      return isPostgres(url) ? ofOwnSchema(url, error) : error
    }
  }
  return {
    ...(storing && store ? { store: tellingStore(storing, () => opening(store)) } : {}),
    ...(broker === undefined ? {} : brokerOf(brokering ?? storing, () => opening(broker))),
    remains: () =>
      [...removals.keys()].map((url) => (isKafka(url) ? remainsOfTopics(url) : remainsOfSchema(url))),
    async [Symbol.asyncDispose]() {
      for (const [url, remove] of [...removals]) {
        await remove().catch(({ message }: Error) => warn(message))
        removals.delete(url)
      }
    },
  }
}

/** What is wrong with a URL is told of it as it was typed, not of what a run adds to it. */
async function readAsTyped({ store, broker }: RunUrls): Promise<void> {
  if (store !== undefined) await storeEngine(store)
  if (broker !== undefined) await brokerEngine(broker)
}

function inSchema(url: string, name: string): string {
  const isOpen = isPostgres(url) && parameterOf(url, 'schema') === undefined
  return isOpen ? withParameter(url, 'schema', `eventwright_${name}`) : url
}

function withPrefix(url: string, name: string): string {
  const isOpen = isKafka(url) && parameterOf(url, 'prefix') === undefined
  return isOpen ? withParameter(url, 'prefix', `eventwright.${name}.`) : url
}

function ownBroker(store: string | undefined): string | undefined {
  return store !== undefined && isPostgres(store) ? store : undefined
}

/** Told that it is being opened. What it gives takes why that failed, where there is nothing to remove, and tells it. */
type Opening = () => (error: unknown) => unknown

function tellingStore({ url, openStore }: StoreEngine, opening: Opening): StoreEngine {
  return { url, openStore: (options) => told(opening, () => openStore(options)) }
}

async function told<Opened>(opening: Opening, open: () => Promise<Opened>): Promise<Opened> {
  const failed = opening()
  try {
    return await open()
  } catch (error) {
    throw failed(error)
  }
}

function brokerOf(engine: BrokerEngine | undefined, opening: Opening): { readonly broker?: BrokerEngine } {
  if (engine === undefined) return {}
  return {
    broker: {
      url: engine.url,
      openBroker: (options) => told(opening, () => engine.openBroker(options)),
    },
  }
}
