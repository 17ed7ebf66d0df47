import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import { CannotOpenDatabase } from '../../errors.ts'
import { reasonOf, sqlState } from './faults.ts'
import type { Source } from './source.ts'

const OLDEST = 14

interface Server {
  readonly version: number
  readonly standby: boolean
  readonly onlyReads: boolean
  readonly isolation: string
  readonly encoding: string
  readonly database: number
  readonly name: string
}

const ASK = `SELECT current_setting('server_version_num')::int / 10000 AS version, pg_is_in_recovery() AS standby,
  current_setting('transaction_read_only')::boolean AS "onlyReads",
  current_setting('default_transaction_isolation') AS isolation, current_setting('server_encoding') AS encoding,
  d.oid::int AS database, d.datname AS name FROM pg_database d WHERE d.datname = current_database()`

/** Which database it is, whatever name it was reached by. */
export interface Identity {
  readonly name: string
  /** True: this role has its transactions read only, unless they say otherwise. */
  readonly onlyReads: boolean
}

/** Sees that the database is there and can hold a store, and says which one it is. @throws CannotOpenDatabase */
export async function identify(url: string, { pool }: Source): Promise<Identity> {
  const server = await serverOf(url, pool)
  const cannot = cannotHold(server)
  if (cannot !== undefined) throw new CannotOpenDatabase(url, cannot)
  const name = `${(await clusterOf(pool)) ?? url} ${server.database}`
  return { name, onlyReads: server.onlyReads }
}

async function serverOf(url: string, pool: Pool): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    try {
      const { rows } = await pool.query<Server>(ASK)
      const [server] = rows
      if (server !== undefined) return server
      throw new Error('it does not know its own name')
    } catch (error) {
      if (sqlState(error) !== STARTING || attempt > 20) {
        throw new CannotOpenDatabase(url, whyNot(error), { cause: error })
      }
    }
    await sleep(250)
  }
}

const STARTING = '57P03'

/** Of the whole cluster, the same under each of its addresses; where the role may not ask, the address has to do. */
async function clusterOf(pool: Pool): Promise<string | undefined> {
  try {
    const { rows } = await pool.query<{ id: string }>(
      'SELECT system_identifier::text AS id FROM pg_control_system()',
    )
    return rows[0]?.id
  } catch {
    return undefined
  }
}

function cannotHold({ version, standby, isolation, encoding, name }: Server): string | undefined {
  if (version < OLDEST) return `it is PostgreSQL ${version}: use ${OLDEST} or newer`
  if (standby) return 'it is a standby, which can only be read: give the URL of the primary'
  if (encoding !== 'UTF8') {
    return `its encoding is ${encoding}, which does not hold every text: make one with ENCODING 'UTF8'`
  }
  if (isolation !== 'read committed') {
    return `default_transaction_isolation is "${isolation}": ALTER DATABASE "${name}" SET default_transaction_isolation = 'read committed'`
  }
  return undefined
}

/** What `pg` finds amiss itself, after the server answered. */
const OF_PG: readonly (readonly [begins: string, why: string])[] = [
  [
    'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be',
    'it does not let this user in: it wants a password and none was given; put one into the URL, PGPASSWORD or ~/.pgpass',
  ],
  [
    'The server does not support SSL connections',
    'it has no TLS, which was asked for: take sslmode out of the URL (and PGSSLMODE out of the environment), or turn ssl on there',
  ],
]

function whyNot(error: unknown): string {
  const reason = reasonOf(error)
  switch (sqlState(error)) {
    case '28P01':
    case '28000':
      return `it does not let this user in (${reason}): check user and password in the URL, and pg_hba.conf`
    case '3D000':
      return `${reason}: CREATE DATABASE it, or give the name of one that is there`
    case '42501':
      return `${reason}: GRANT CONNECT ON DATABASE to this role`
    case '53300':
      return `it takes no more connections (${reason}): use fewer processes, a smaller \`max\`, or raise max_connections`
    case STARTING:
      return `it does not come up (${reason}): see the log of the server`
    case undefined: {
      const known = OF_PG.find(([begins]) => reason.startsWith(begins))?.[1]
      return known ?? `it does not answer (${reason}): check host and port, and whether the server runs`
    }
    default:
      return reason
  }
}
