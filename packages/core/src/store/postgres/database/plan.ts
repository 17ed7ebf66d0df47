import type { Pool } from 'pg'
import { type PostgresOptions, type PostgresTarget, type Settings, settingsOf } from './options.ts'
import { DEFAULT_SCHEMA } from './schema-name.ts'
import { targetOf, urlOf, urlOfClient } from './target.ts'

/** What URL and options come to. */
export interface Plan {
  /** The same for all that share a pool. */
  readonly key: unknown
  readonly connectionString: string
  /** Where the database is, without user and password. */
  readonly base: string
  /** The same with the schema, unless it is the usual one. */
  readonly url: string
  readonly schema: string
  readonly synchronousStandbys: boolean
  readonly settings: Settings
}

/** @throws InvalidOption */
export function planOf(target: PostgresTarget, options: PostgresOptions): Plan {
  if (typeof target !== 'string') {
    const { schema = DEFAULT_SCHEMA, synchronousStandbys = false } = options
    const base = urlOfPool(target)
    const settings = settingsOf(options)
    const url = withSchema(base, schema)
    return { key: target, connectionString: '', base, url, schema, synchronousStandbys, settings }
  }
  const said = targetOf(target)
  const { connectionString, url: base, prepare, listen } = said
  const settings = settingsOf(options, { prepare, listen })
  const schema = options.schema ?? said.schema ?? DEFAULT_SCHEMA
  const key = JSON.stringify([connectionString, settings])
  const synchronousStandbys = options.synchronousStandbys ?? said.synchronousStandbys ?? false
  const url = withSchema(base, schema)
  return { key, connectionString, base, url, schema, synchronousStandbys, settings }
}

/** Where a target leads, without user and password: for messages. @throws InvalidOption */
export function urlOfTarget(target: PostgresTarget, options: PostgresOptions): string {
  return planOf(target, options).url
}

function urlOfPool({ options }: Pool): string {
  const { connectionString, host = 'localhost', port = 5432, database } = options
  return connectionString === undefined ? urlOf(host, port, database) : urlOfClient(connectionString)
}

function withSchema(url: string, schema: string): string {
  if (schema === DEFAULT_SCHEMA) return url
  return `${url}${url.includes('?') ? '&' : '?'}schema=${encodeURIComponent(schema)}`
}
