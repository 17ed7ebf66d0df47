import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql'
import { emmettSide } from '../emmett.mjs'

/** Emmett with its PostgreSQL store, as its documentation opens it. @param {string} url */
export async function open(url) {
  const store = getPostgreSQLEventStore(url)
  await store.schema.migrate()
  return { ...emmettSide(store), close: () => store.close() }
}
