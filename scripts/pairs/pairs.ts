import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrokerEngine, StoreEngine } from '@eventwright/core'
import { brokerEngine, storeEngine } from '@eventwright/core/engines'
import { withoutKafka } from '../kafka/broker.mjs'
import { testKafka } from '../kafka/shared.mjs'
import { testDatabase, withoutPostgres } from '../postgres/server.mjs'

/** A store and a broker to run a flow on. */
export interface Engines {
  readonly store: StoreEngine
  readonly broker: BrokerEngine
}

/** The engines that a flow can run on, and how to have them. */
export interface Pair {
  readonly name: string
  /** Why this machine has them not; false where it has. */
  readonly missing: string | false
  open(): Promise<Engines & AsyncDisposable>
}

export const PAIRS: readonly Pair[] = [
  { name: 'memory', missing: false, open: inMemory },
  { name: 'sqlite', missing: false, open: inFile },
  { name: 'postgres', missing: withoutPostgres(), open: () => onPostgres() },
  { name: 'postgres+kafka', missing: withoutPostgres() || withoutKafka(), open: onKafka },
]

async function inMemory(): Promise<Engines & AsyncDisposable> {
  const engine = await storeEngine('memory:')
  return { store: engine, broker: engine, [Symbol.asyncDispose]: async () => {} }
}

async function inFile(): Promise<Engines & AsyncDisposable> {
  const folder = mkdtempSync(join(tmpdir(), 'eventwright-pairs-'))
  const engine = await storeEngine(`sqlite:${join(folder, 'shop.db')}`)
  return {
    store: engine,
    broker: engine,
    [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

async function onPostgres(broker?: BrokerEngine): Promise<Engines & AsyncDisposable> {
  const database = await testDatabase()
  const engine = await storeEngine(database.url)
  return { store: engine, broker: broker ?? engine, [Symbol.asyncDispose]: () => database.drop() }
}

async function onKafka(): Promise<Engines & AsyncDisposable> {
  const { url } = await testKafka()
  return onPostgres(await brokerEngine(url))
}
