import type { Pool } from 'pg'
import { StoreReadOnly } from '../../errors.ts'
import type { PostgresDatabase } from '../database.ts'
import { access } from './access.ts'
import { identify } from './identity.ts'
import { listening } from './listening.ts'
import { type PostgresOptions, type PostgresTarget, type Settings, settingsOf } from './options.ts'
import { DEFAULT_SCHEMA, quotedSchema } from './schema-name.ts'
import { ownSource, type Source, usersSource } from './source.ts'
import { targetOf, urlOf } from './target.ts'

/** What all that open one URL or pool in this process have in common. */
interface Shared extends Pick<PostgresDatabase, 'rows' | 'write' | 'transaction' | 'listen'> {
  readonly url: string
  /** Which database it is, whatever name it was reached by. */
  readonly identity: Promise<string>
  end(): Promise<void>
}

interface Entry {
  readonly shared: Shared
  users: number
}

const entries = new Map<unknown, Entry>()
const resources = new Map<string, object>()

/**
 * Opens a database that may hold a store and a broker; nothing is made in it. All that open the same URL share one
 * pool and one connection that listens.
 * @throws CannotOpenDatabase InvalidOption
 */
export async function openPostgres(
  target: PostgresTarget,
  options: PostgresOptions = {},
): Promise<PostgresDatabase> {
  const { key, schema, make } = plan(target, options)
  const quoted = quotedSchema(schema)
  const entry = entries.get(key) ?? { shared: make(), users: 0 }
  entries.set(key, entry)
  entry.users++
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    closing ??= leave(key, entry)
    return closing
  }
  try {
    const { shared } = entry
    const identity = `${await shared.identity} ${schema}`
    const resource = resources.get(identity) ?? {}
    resources.set(identity, resource)
    const { rows, listen } = shared
    const url = schema === DEFAULT_SCHEMA ? shared.url : withSchema(shared.url, schema)
    const writing = options.readOnly ? refusing(url) : shared
    const { write, transaction } = writing
    const readOnly = options.readOnly ?? false
    return { url, schema: quoted, readOnly, resource, rows, write, transaction, listen, close }
  } catch (error) {
    await close()
    throw error
  }
}

function refusing(url: string): Pick<PostgresDatabase, 'write' | 'transaction'> {
  const refuse = async (): Promise<never> => {
    throw new StoreReadOnly(url)
  }
  return { write: refuse, transaction: refuse }
}

interface Plan {
  readonly key: unknown
  readonly schema: string
  make(): Shared
}

function plan(target: PostgresTarget, options: PostgresOptions): Plan {
  if (typeof target !== 'string') {
    const make = () => share(urlOfPool(target), usersSource(target), settingsOf(options))
    return { key: target, schema: options.schema ?? DEFAULT_SCHEMA, make }
  }
  const { connectionString, url, schema, ...said } = targetOf(target)
  const settings = settingsOf(options, said)
  return {
    key: JSON.stringify([connectionString, settings]),
    schema: options.schema ?? schema ?? DEFAULT_SCHEMA,
    make: () => share(url, ownSource(connectionString, settings), settings),
  }
}

function urlOfPool({ options }: Pool): string {
  const { connectionString, host = 'localhost', port = 5432, database } = options
  return connectionString === undefined ? urlOf(host, port, database) : targetOf(connectionString).url
}

function share(url: string, source: Source, settings: Settings): Shared {
  const ears = listening(source, settings)
  const asking = access(url, source, settings)
  return {
    url,
    ...asking,
    identity: identify(url, source),
    listen: (channel, listener) => ears.add(channel, listener),
    async end() {
      await ears.end()
      await source.end()
    },
  }
}

async function leave(key: unknown, entry: Entry): Promise<void> {
  entry.users--
  if (entry.users > 0) return
  entries.delete(key)
  await entry.shared.end()
}

function withSchema(url: string, schema: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}schema=${encodeURIComponent(schema)}`
}
