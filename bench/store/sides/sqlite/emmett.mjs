import { getSQLiteEventStore } from '@event-driven-io/emmett-sqlite'
import { emmettSide } from '../emmett.mjs'

/** Emmett with its SQLite store, as its documentation opens it. @param {string} file */
export async function open(file) {
  const store = getSQLiteEventStore({ fileName: file, schema: { autoMigration: 'CreateOrUpdate' } })
  await store.schema.migrate()
  return emmettSide(store)
}
