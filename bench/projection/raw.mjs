// The limit of a projection: slices of 500 events folded in memory; documents and checkpoint in one transaction, by
// the statements alone. node raw.mjs URL COUNT
import process from 'node:process'
import pg from 'pg'
import { add, COLLECTION } from '../app/shop.mjs'
import { tell, turn } from '../app/turn.mjs'

const [url = '', count = '0'] = process.argv.slice(2)
const SLICE = 500
const SCHEMA = 'eventwright'

const READ = {
  name: 'read',
  text: `SELECT position, data FROM ${SCHEMA}.eventwright_events WHERE position > $1 ORDER BY position LIMIT ${SLICE}`,
}
const LOAD = {
  name: 'load',
  text: `SELECT id, value FROM ${SCHEMA}.eventwright_documents
    WHERE collection = '${COLLECTION}' AND tenant = '' AND id = ANY ($1)`,
}
const SAVE = {
  name: 'save',
  text: `INSERT INTO ${SCHEMA}.eventwright_documents (collection, tenant, id, revision, value)
    SELECT '${COLLECTION}', '', id, nextval('${SCHEMA}.eventwright_revisions'), value
    FROM unnest($1::text[], $2::text[]) AS one (id, value)
    ON CONFLICT (collection, tenant, id) DO UPDATE SET revision = excluded.revision, value = excluded.value`,
}
const ADVANCE = {
  name: 'advance',
  text: `INSERT INTO ${SCHEMA}.eventwright_checkpoints (name, tenant, position, epoch) VALUES ('raw', '', $1, '')
    ON CONFLICT (name, tenant) DO UPDATE SET position = excluded.position`,
}

const client = new pg.Client({ connectionString: url })
await client.connect()
await turn()
const begun = performance.now()
for (let position = 0, seen = 0; seen < Number(count); ) {
  const { rows } = await client.query({ ...READ, values: [position] })
  position = rows.at(-1).position
  seen += rows.length
  await save(
    rows.map(({ data }) => JSON.parse(data)),
    position,
  )
}
tell(Number(count), begun)
await client.end()

/** @param {readonly object[]} orders @param {string} position */
async function save(orders, position) {
  const ids = [...new Set(orders.map(({ customerId }) => customerId))]
  await client.query('BEGIN')
  const { rows } = await client.query({ ...LOAD, values: [ids] })
  const documents = new Map(rows.map(({ id, value }) => [id, JSON.parse(value)]))
  for (const order of orders) documents.set(order.customerId, add(documents.get(order.customerId), order))
  const values = ids.map((id) => JSON.stringify(documents.get(id)))
  await client.query({ ...SAVE, values: [ids, values] })
  await client.query({ ...ADVANCE, values: [position] })
  await client.query('COMMIT')
}
