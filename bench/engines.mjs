import { join } from 'node:path'
import pg from 'pg'
import { startKafka, withoutKafka } from '../scripts/kafka/broker.mjs'
import { startPostgres, withoutPostgres } from '../scripts/postgres/server.mjs'

/** As production has it on a machine of this size: every commit is on disk before it is answered. */
const POSTGRES = {
  fsync: true,
  full_page_writes: true,
  synchronous_commit: 'on',
  shared_buffers: '2GB',
  effective_cache_size: '12GB',
  max_wal_size: '8GB',
  checkpoint_timeout: '15min',
  random_page_cost: 1.1,
  max_connections: 200,
}

/**
 * What the parts run on. A server is started when the first part asks for it.
 * @param {string} folder for files
 * @param {{ scale?: number, tenMillion?: boolean }} [options] `scale` below 1: fewer events, to try a part out
 */
export function engines(folder, { scale = 1, tenMillion = false } = {}) {
  let databases = 0
  let services = 0
  let server
  let cluster

  async function sql(url, text) {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    try {
      return (await client.query(text)).rows
    } finally {
      await client.end()
    }
  }

  async function postgres() {
    server ??= await startPostgres({ config: POSTGRES })
    return server.url
  }

  return {
    /** So many, scaled; at least a thousand, as streams and callers are. @param {number} full */
    count: (full) => Math.min(full, Math.ceil((full * scale) / 1000) * 1000),
    /** Seconds, scaled. @param {number} full */
    seconds: (full) => Math.max(5, Math.round(full * scale)),
    tenMillion,
    /** Why one of these cannot be had here. @param {readonly string[]} needs */
    without: (needs) =>
      (needs.includes('postgres') && withoutPostgres()) || (needs.includes('kafka') && withoutKafka()),
    /** A fresh database of a PostgreSQL of production's settings; no checkpoint is due. */
    async database() {
      const admin = await postgres()
      const name = `bench_${++databases}`
      await sql(admin, `CREATE DATABASE ${name}`)
      await sql(admin, 'CHECKPOINT')
      const url = new URL(admin)
      url.pathname = `/${name}`
      return { url: url.href, drop: () => sql(admin, `DROP DATABASE ${name} WITH (FORCE)`) }
    },
    sql,
    /** What was measured on, for a foot note. */
    async postgresSettings() {
      const names = Object.keys(POSTGRES)
      const [{ version, ...settings }] = await sql(
        await postgres(),
        `SELECT current_setting('server_version') AS version, ${names.map((name) => `current_setting('${name}') AS ${name}`)}`,
      )
      const said = names.map((name) => `${name}=${settings[name]}`)
      return `PostgreSQL ${version.split(' ')[0]}: ${said.join(', ')}.`
    },
    /** A name that no topic carries yet. */
    service: () => `shop-${++services}`,
    /** Addresses of a Kafka of one node. */
    async kafka() {
      cluster ??= await startKafka({ heap: '1g', config: { 'auto.create.topics.enable': false } })
      return cluster.bootstrap
    },
    /** A path for a file that is deleted at the end of the run. @param {string} name */
    file: (name) => join(folder, name),
    async end() {
      await Promise.all([server?.end(), cluster?.stop()])
    },
  }
}
