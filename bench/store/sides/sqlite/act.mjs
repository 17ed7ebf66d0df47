import { randomUUID } from 'node:crypto'
import { SqliteStore } from '@rotorsoft/act-sqlite'
import { z } from 'zod'
import { fold, order, TYPE } from '../order.mjs'

const schema = z.strictObject({
  customerId: z.string().min(1),
  lines: z.array(z.strictObject({ sku: z.string(), quantity: z.int().min(1) })),
  total: z.int().min(1),
})

/** Act's SQLite store; its framework checks payloads before it commits, so they are checked here. @param {string} file */
export async function open(file) {
  const store = new SqliteStore({ url: `file:${file}` })
  await store.seed()
  return {
    /** @param {string} stream @param {number} version @param {number} n */
    async append(stream, version, n) {
      const data = schema.parse(order(n))
      const meta = { correlation: randomUUID(), causation: {} }
      // Its versions begin at 0; -1 is a stream that is not there.
      await store.commit(stream, [{ name: TYPE, data }], meta, version - 1)
    },
    /** A new stream in one call. @param {string} stream @param {number} length */
    async fill(stream, length) {
      const events = Array.from({ length }, (_, n) => ({ name: TYPE, data: order(n) }))
      await store.commit(stream, events, { correlation: randomUUID(), causation: {} }, -1)
    },
    /** @param {string} stream */
    async sum(stream) {
      let sum = 0
      await store.query(
        ({ data }) => {
          sum = fold(sum, data)
        },
        { stream, stream_exact: true, limit: 1_000_000 },
      )
      return sum
    },
    close: () => store.dispose(),
  }
}
