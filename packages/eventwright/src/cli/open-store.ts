import type { Broker, EventStore, StoreEngine } from '@eventwright/core'
import { type SqliteEngine, sqlite } from '@eventwright/core/sqlite'
import { UsageError } from './usage-error.ts'

/** The engine of a store that is only looked at: nothing in it changes, and nobody waits for it. */
export function readOnly(url: string): StoreEngine {
  return sqlite(fileOf(url), { readOnly: true })
}

/** Opens a store that is there, to look at it. */
export function openToRead(url: string): Promise<EventStore> {
  return readOnly(url).openStore()
}

/** Opens a broker that is there, to look at it: it removes nothing that is past its retention. */
export function openBrokerToRead(url: string): Promise<Broker> {
  return sqlite(fileOf(url, '--broker'), { readOnly: true, retention: Number.POSITIVE_INFINITY }).openBroker()
}

/** Opens a store that is there, to write to it. */
export async function openToWrite(url: string): Promise<EventStore> {
  return (await engineToWrite(url)).openStore()
}

/** The engine of a store that is there, to write to it. */
export async function engineToWrite(url: string): Promise<SqliteEngine> {
  // It says what is wrong where writing would make a new file, or a store in a file that holds none.
  const reading = await openToRead(url)
  await reading.close()
  return sqlite(fileOf(url))
}

function fileOf(url: string, option = '--store'): string {
  const file = /^sqlite:(.+)$/.exec(url)?.[1]
  if (file !== undefined) return file
  if (url === 'memory:')
    throw new UsageError(`${option} memory: is empty; name the one that a service uses, sqlite:FILE`)
  throw new UsageError(`${option} ${url}: no such engine; use sqlite:FILE`)
}
