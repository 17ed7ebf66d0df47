import { randomBytes } from 'node:crypto'
import type { BrokerEngine, StoreEngine } from '@eventwright/core'
import { brokerEngine, storeEngine } from '@eventwright/core/engines'
import { dropSchema } from './drop-schema.ts'
import { dropTopics } from './drop-topics.ts'
import { isKafka, isPostgres, parameterOf, withParameter } from './url.ts'

/** The engines of one run, as far as URLs named any. Disposing removes what the run had for itself alone. */
export interface RunEngines extends AsyncDisposable {
  readonly store?: StoreEngine
  readonly broker?: BrokerEngine
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
  const run = `run_${randomBytes(6).toString('hex')}`
  const store = placeOf(given.store, run)
  const broker = placeOf(given.broker ?? ownBroker(given.store), run)
  const storing = store && (await storeEngine(store.url))
  const brokering = broker?.url === store?.url ? storing : broker && (await brokerEngine(broker.url))
  const own = new Map([store, broker].flatMap((place) => (place?.remove ? [[place.url, place.remove]] : [])))
  return {
    ...(storing ? { store: storing } : {}),
    ...(brokering ? { broker: brokering } : {}),
    async [Symbol.asyncDispose]() {
      for (const [url, remove] of own) await remove(url).catch(({ message }: Error) => warn(message))
    },
  }
}

interface Place {
  readonly url: string
  /** Where it is the run's own. */
  readonly remove?: (url: string) => Promise<void>
}

function placeOf(url: string | undefined, run: string): Place | undefined {
  if (url === undefined) return undefined
  if (isPostgres(url) && parameterOf(url, 'schema') === undefined)
    return { url: withParameter(url, 'schema', `eventwright_${run}`), remove: dropSchema }
  if (isKafka(url) && parameterOf(url, 'prefix') === undefined)
    return { url: withParameter(url, 'prefix', `eventwright.${run}.`), remove: dropTopics }
  return { url }
}

function ownBroker(store: string | undefined): string | undefined {
  return store !== undefined && isPostgres(store) ? store : undefined
}
