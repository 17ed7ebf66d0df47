import { DatabaseSync } from 'node:sqlite'
import { newId } from '@eventwright/core'
import { sqlite } from '@eventwright/core/sqlite'
import { fold, oldStream, order, TYPE } from '../order.mjs'

/**
 * The limit: `node:sqlite` alone, prepared inserts into the tables that our store made, FULL commits. It checks
 * nothing: no schema, no id, no version, no other writer.
 * @param {string} file
 */
export async function open(file) {
  await (await sqlite(file).openStore()).close()
  const db = new DatabaseSync(file)
  db.exec('PRAGMA synchronous = FULL; PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 8000')
  const addStream = db.prepare("INSERT INTO eventwright_streams (tenant, name) VALUES ('', ?) RETURNING key")
  const addEvent = db.prepare(
    `INSERT INTO eventwright_events
     (position, stream, version, id, type, schema_version, recorded_at, data, metadata)
     VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?)`,
  )
  const readStream = db.prepare(
    `SELECT e.data FROM eventwright_streams s JOIN eventwright_events e ON e.stream = s.key
     WHERE s.tenant = '' AND s.name = ? ORDER BY e.version`,
  )
  /** @type {Map<string, number>} */
  const keys = new Map()
  let position = Number(db.prepare('SELECT max(position) AS last FROM eventwright_events').get()?.last ?? 0)

  /** @param {string} stream @param {number} version @param {number} n */
  function insert(stream, version, n) {
    const key = keys.get(stream) ?? Number(addStream.get(stream)?.key)
    keys.set(stream, key)
    const id = Buffer.from(newId().replaceAll('-', ''), 'hex') // in the order of time, as ours: random ones cost an index more
    const metadata = JSON.stringify({ correlationId: newId() })
    addEvent.run(++position, key, version + 1, id, TYPE, Date.now(), JSON.stringify(order(n)), metadata)
  }

  return {
    /** @param {string} stream @param {number} version @param {number} n */
    async append(stream, version, n) {
      db.exec('BEGIN IMMEDIATE')
      insert(stream, version, n)
      db.exec('COMMIT')
    },
    /** All in one commit. @param {readonly (readonly [stream: string, version: number, n: number])[]} events */
    async appendAll(events) {
      db.exec('BEGIN IMMEDIATE')
      for (const [stream, version, n] of events) insert(stream, version, n)
      db.exec('COMMIT')
    },
    /** A new stream in one call. @param {string} stream @param {number} length */
    async fill(stream, length) {
      await this.appendAll(Array.from({ length }, (_, n) => [stream, n, n]))
    },
    /** Streams of ten events, ten thousand in one commit. @param {number} stored @param {number} count */
    async grow(stored, count) {
      for (let from = stored; from < stored + count; from += 10_000) {
        const length = Math.min(10_000, stored + count - from)
        await this.appendAll(
          Array.from({ length }, (_, i) => [oldStream(Math.floor((from + i) / 10)), i % 10, i]),
        )
      }
    },
    /** @param {string} stream */
    async sum(stream) {
      let sum = 0
      for (const { data } of readStream.iterate(stream)) sum = fold(sum, JSON.parse(String(data)))
      return sum
    },
    close: async () => db.close(),
  }
}
