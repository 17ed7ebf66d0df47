import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import { CannotOpenDatabase } from '../../errors.ts'
import { sqlState } from './faults.ts'
import type { Source } from './source.ts'
import { STARTING, whyNot } from './why-not.ts'

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
