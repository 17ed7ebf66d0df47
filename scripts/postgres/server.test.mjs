import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { startPostgres, testDatabase, withoutPostgres } from './server.mjs'

test('a server that is killed comes back on its folder and its port', {
  skip: withoutPostgres(),
}, async () => {
  await using server = await startPostgres()
  await ask(server.url, 'CREATE TABLE kept AS SELECT 7 AS n')
  await server.kill()
  await assert.rejects(ask(server.url, 'SELECT 1'), { code: 'ECONNREFUSED' })
  await server.start()
  assert.deepEqual(await ask(server.url, 'SELECT n FROM kept'), [{ n: 7 }])
  await server.stop('immediate')
  await server.start()
  assert.deepEqual(await ask(server.url, 'SELECT n FROM kept'), [{ n: 7 }])
})

for (const version of /** @type {const} */ ([18, 14])) {
  test(`databases of tests are apart on PostgreSQL ${version}`, {
    skip: withoutPostgres(version),
  }, async () => {
    const one = await testDatabase(version)
    const other = await testDatabase(version)
    await ask(one.url, 'CREATE TABLE mine ()')
    assert.deepEqual(await ask(other.url, "SELECT to_regclass('mine') AS found"), [{ found: null }])
    const [{ number }] = await ask(
      one.url,
      "SELECT current_setting('server_version_num')::int / 10000 AS number",
    )
    assert.equal(number, version)
    await one.drop()
    await other.drop()
    await assert.rejects(ask(one.url, 'SELECT 1'), { code: '3D000' })
  })
}

/**
 * @param {string} url
 * @param {string} sql
 */
async function ask(url, sql) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}
