import { randomUUID } from 'node:crypto'
import type { PostgresDatabase } from '../../store/postgres/index.ts'
import type { StorageChange } from '../storage.ts'

/** Tells of changes and hears of them, across processes. */
export interface Changes {
  tell(change: StorageChange): void
  listen(listener: (change: StorageChange) => void): () => void
  close(): Promise<void>
}

interface Notice extends StorageChange {
  readonly schema: string
  readonly from: string
}

const CHANNEL = 'eventwright_broker'
/** Milliseconds. For what no notice told of: lost with a connection, or not let through by a pooler. */
const POLL = 1000
/** A payload has fewer than 8000 bytes. */
const LONGEST_PAYLOAD = 7000

/**
 * A notice is a statement of its own after the commit that it tells of, since a transaction that notifies
 * holds up the commits of all others that do. It may be lost; a look at the tables now and then makes up for it.
 */
export function changes(database: PostgresDatabase): Changes {
  const from = randomUUID()
  const { schema } = database
  const listeners = new Set<(change: StorageChange) => void>()
  const untold = new Map<string, StorageChange>()
  let telling: Promise<void> | undefined
  let hearing: { end(): void } | undefined

  function spread(change: StorageChange): void {
    for (const listener of [...listeners]) listener(change)
  }

  function heard(payload: string | undefined): void {
    const change = payload === undefined ? {} : changeIn(payload)
    if (change) spread(change)
  }

  function changeIn(payload: string): StorageChange | undefined {
    const { schema: at, from: who, ...change }: Notice = JSON.parse(payload)
    return at === schema && who !== from ? change : undefined
  }

  async function tellOthers(): Promise<void> {
    while (untold.size > 0) {
      const payloads = [...untold.values()].map((change) => payloadOf({ ...change, schema, from }))
      untold.clear()
      const text = 'SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload'
      // One that is lost is made up for by a look.
      await database.write(text, [CHANNEL, payloads]).catch(() => {})
    }
    telling = undefined
  }

  return {
    tell(change) {
      spread(change)
      untold.set(JSON.stringify(change), change)
      telling ??= tellOthers()
    },
    listen(listener) {
      listeners.add(listener)
      hearing ??= hear(database, heard)
      return () => {
        listeners.delete(listener)
      }
    },
    async close() {
      hearing?.end()
      listeners.clear()
      await telling
    },
  }
}

function payloadOf(notice: Notice): string {
  const payload = JSON.stringify(notice)
  if (Buffer.byteLength(payload) <= LONGEST_PAYLOAD) return payload
  const { schema, from } = notice
  return JSON.stringify({ schema, from })
}

/** By notices and, now and then, by a look at what every change counts up. */
function hear(database: PostgresDatabase, heard: (payload: string | undefined) => void): { end(): void } {
  let last: string | undefined
  let ended = false
  const unlisten = database.listen(CHANNEL, heard)
  let timer = setTimeout(look, POLL).unref()

  async function look(): Promise<void> {
    const count = await countOf(database).catch(() => last)
    if (ended) return
    if (count !== last) heard(undefined)
    last = count
    timer = setTimeout(look, POLL).unref()
  }

  return {
    end() {
      ended = true
      unlisten()
      clearTimeout(timer)
    },
  }
}

async function countOf(database: PostgresDatabase): Promise<string | undefined> {
  const { schema } = database
  const [found] = await database.rows<{ count: string }>(
    `SELECT concat(
       (SELECT sum(next) FROM ${schema}.eventwright_partitions), '/',
       (SELECT sum(generation) FROM ${schema}.eventwright_groups)
     ) AS count`,
  )
  return found?.count
}
