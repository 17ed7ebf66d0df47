import assert from 'node:assert/strict'
import { test } from 'node:test'
import { postgres } from '@eventwright/core/postgres'
import pg from 'pg'
import { testDatabase, withoutPostgres } from '../scripts/postgres/server.mjs'
import { documents } from './documents.ts'

const blocks = documents().flatMap(({ path, fences }) =>
  fences
    .filter(({ language }) => language === 'sql')
    .map(({ text, line }) => ({ text, place: `${path}:${line}` })),
)

test('every block of SQL runs on the tables of a service in the schema `orders`', {
  skip: withoutPostgres(),
}, async (t) => {
  assert.ok(blocks.length > 0)
  const [empty, service] = [await testDatabase(), await testDatabase()]
  t.after(() => Promise.all([empty.drop(), service.drop()]))
  const engine = postgres(service.url, { schema: 'orders' })
  await (await engine.openStore()).close()
  await (await engine.openBroker()).close()
  for (const { text, place } of blocks) {
    // What makes a schema is run where there is none yet.
    const { url } = text.includes('CREATE SCHEMA') ? empty : service
    await t.test(place, () => tried(url, text))
  }
})

/** Nothing of it stays: roles are those of the whole server, which other tests use too. */
async function tried(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(`BEGIN; ${sql}`)
    await client.query('ROLLBACK')
  } finally {
    await client.end()
  }
}
