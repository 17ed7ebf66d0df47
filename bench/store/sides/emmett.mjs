import { randomUUID } from 'node:crypto'
import { fold, order, TYPE } from './order.mjs'

/** One of Emmett's stores. It checks no schemas. @param {import('@event-driven-io/emmett').EventStore} store */
export function emmettSide(store) {
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
