import { newId } from '@eventwright/core'
import { postgres } from '@eventwright/core/postgres'
import pg from 'pg'
import { fold, oldStream, order, TYPE } from '../order.mjs'

const SCHEMA = 'eventwright'
const EVENTS = `${SCHEMA}.eventwright_events
  (position, stream, version, schema_version, recorded_at, id, type, correlation, data, metadata)`
const STREAMS = `${SCHEMA}.eventwright_streams (tenant, name)`
const POSITION = `nextval('${SCHEMA}.eventwright_positions')`

const ADD = {
  name: 'add',
  text: `INSERT INTO ${EVENTS} VALUES (${POSITION}, $1, $2, 1, $3, $4, $5, $6, $7, $8)`,
}
const ADD_FIRST = {
  name: 'add-first',
  text: `WITH added AS (INSERT INTO ${STREAMS} VALUES ('', $1) RETURNING key)
    INSERT INTO ${EVENTS} SELECT ${POSITION}, key, $2, 1, $3, $4, $5, $6, $7, $8 FROM added RETURNING stream`,
}
const ADD_STREAMS = {
  name: 'add-streams',
  text: `INSERT INTO ${STREAMS} SELECT '', name FROM unnest($1::text[]) AS name RETURNING key, name`,
}
const ADD_ALL = {
  name: 'add-all',
  text: `INSERT INTO ${EVENTS} SELECT ${POSITION}, stream, version, 1, $3, id, $5, correlation, data, metadata
    FROM unnest($1::bigint[], $2::bigint[], $4::text[], $6::text[], $7::text[], $8::text[])
      AS one (stream, version, id, correlation, data, metadata)`,
}
const READ = {
  name: 'read',
  text: `SELECT e.data FROM ${SCHEMA}.eventwright_streams s JOIN ${SCHEMA}.eventwright_events e ON e.stream = s.key
    WHERE s.tenant = '' AND s.name = $1 ORDER BY e.version`,
}
/** Rows as our store writes them, made by the server: streams of ten events. */
const GROW = `WITH added AS (
    INSERT INTO ${STREAMS} SELECT '', '${oldStream('')}' || number FROM generate_series($1::int, $2::int) AS number
    RETURNING key, name
  ), rows AS (
    SELECT key, version, substr(name, ${oldStream('').length + 1})::bigint * 10 + version - 1 AS n
    FROM added, generate_series(1, 10) AS version ORDER BY n
  )
  INSERT INTO ${EVENTS}
  SELECT ${POSITION}, key, version, 1, floor(extract(epoch FROM clock_timestamp()) * 1000), uuidv7()::text, '${TYPE}',
    'c' || n,
    '{"customerId":"customer-' || n % 977 || '","lines":[{"sku":"mug","quantity":' || 1 + n % 3
      || '},{"sku":"tea","quantity":2}],"total":' || 1000 + n % 90000 || '}',
    '{"correlationId":"c' || n || '"}'
  FROM rows`

/**
 * The limit: `pg` alone, prepared statements on the tables that our store made, each answered when it is on disk. It
 * checks nothing: no schema, no id, no version, no other writer.
 * @param {string} url
 */
export async function open(url) {
  await (await postgres(url).openStore()).close()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  /** @type {Map<string, number>} */
  const keys = new Map()

  const run = (statement, values) => client.query({ ...statement, values })
  // Ids in the order of time, as ours: random ones cost an index more.
  const rowOf = (version, n) => {
    const correlation = newId()
    const metadata = JSON.stringify({ correlationId: correlation })
    return [version + 1, Date.now(), newId(), TYPE, correlation, JSON.stringify(order(n)), metadata]
  }

  return {
    /** @param {string} stream @param {number} version @param {number} n */
    async append(stream, version, n) {
      const key = keys.get(stream)
      if (key !== undefined) return void (await run(ADD, [key, ...rowOf(version, n)]))
      const { rows } = await run(ADD_FIRST, [stream, ...rowOf(version, n)])
      keys.set(stream, rows[0].stream)
    },
    /** All in one commit. @param {readonly (readonly [stream: string, version: number, n: number])[]} events */
    async appendAll(events) {
      await client.query('BEGIN')
      const fresh = [...new Set(events.map(([stream]) => stream))].filter((stream) => !keys.has(stream))
      if (fresh.length > 0) {
        const { rows } = await run(ADD_STREAMS, [fresh])
        for (const { key, name } of rows) keys.set(name, key)
      }
      const rows = events.map(([, version, n]) => rowOf(version, n))
      const column = (at) => rows.map((row) => row[at])
      await run(ADD_ALL, [
        events.map(([stream]) => keys.get(stream)),
        column(0),
        Date.now(),
        column(2),
        TYPE,
        column(4),
        column(5),
        column(6),
      ])
      await client.query('COMMIT')
    },
    /** A new stream in one call. @param {string} stream @param {number} length */
    async fill(stream, length) {
      await this.appendAll(Array.from({ length }, (_, n) => [stream, n, n]))
    },
    /** Streams of ten events, a hundred thousand events in one commit. @param {number} stored @param {number} count */
    async grow(stored, count) {
      for (let from = stored; from < stored + count; from += 100_000) {
        const to = Math.min(from + 100_000, stored + count)
        await client.query(GROW, [from / 10, to / 10 - 1])
      }
      await client.query('ANALYZE')
    },
    /** @param {string} stream */
    async sum(stream) {
      const { rows } = await run(READ, [stream])
      return rows.reduce((sum, { data }) => fold(sum, JSON.parse(data)), 0)
    },
    close: () => client.end(),
  }
}
