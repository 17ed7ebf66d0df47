import { createCatalog, newId } from '@eventwright/core'
import { fold, order, SCHEMA, TYPE } from './order.mjs'

/**
 * The store as a service has it: schemas checked, ids, expected versions, a commit that is on disk.
 * @param {import('@eventwright/core').StoreEngine} engine
 */
export async function openSide(engine) {
  const catalog = createCatalog({ namespace: 'com.example.bench', schemas: { [TYPE]: SCHEMA } })
  const store = await engine.openStore({ catalog })
  const event = (n) => ({ type: TYPE, data: order(n), metadata: { correlationId: newId() } })
  return {
    /** @param {string} stream @param {number} version that it stands at @param {number} n */
    async append(stream, version, n) {
      await store.append(stream, [event(n)], {
        expect: version === 0 ? 'none' : version,
      })
    },
    /** A new stream in one call. @param {string} stream @param {number} length */
    async fill(stream, length) {
      const events = Array.from({ length }, (_, n) => event(n))
      await store.append(stream, events, { expect: 'none' })
    },
    /** @param {string} stream */
    async sum(stream) {
      const { events } = await store.read(stream)
      return events.reduce((sum, { data }) => fold(sum, data), 0)
    },
    close: () => store.close(),
  }
}
