import { randomUUID } from 'node:crypto'
import { getSQLiteEventStore } from '@event-driven-io/emmett-sqlite'
import { fold, order, TYPE } from './order.mjs'

/** Emmett with its SQLite store, as its documentation opens it. It checks no schemas. @param {string} file */
export async function open(file) {
  const store = getSQLiteEventStore({ fileName: file, schema: { autoMigration: 'CreateOrUpdate' } })
  await store.schema.migrate()
  return {
    /** @param {string} stream @param {number} version @param {number} n */
    async append(stream, version, n) {
      const event = { type: TYPE, data: order(n), metadata: { correlationId: randomUUID() } }
      await store.appendToStream(stream, [event], {
        expectedStreamVersion: version === 0 ? 'STREAM_DOES_NOT_EXIST' : BigInt(version),
      })
    },
    /** A new stream in one call. @param {string} stream @param {number} length */
    async fill(stream, length) {
      const events = Array.from({ length }, (_, n) => ({ type: TYPE, data: order(n), metadata: {} }))
      await store.appendToStream(stream, events, { expectedStreamVersion: 'STREAM_DOES_NOT_EXIST' })
    },
    /** @param {string} stream */
    async sum(stream) {
      const { state } = await store.aggregateStream(stream, {
        initialState: () => 0,
        evolve: (sum, { data }) => fold(sum, data),
      })
      return state
    },
    close: async () => {},
  }
}
