import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { testDatabase, withoutPostgres } from '../../../../scripts/postgres/server.mjs'
import { postgres } from '../postgres.ts'
import { eventually } from '../testing/delivery/world.ts'
import { eventwright } from './eventwright.ts'
import { example } from './fixtures/shop.ts'

test('a right that is missing is told once, stands in the health of whoever lacks it, and is waited for', {
  skip: withoutPostgres(),
}, async () => {
  const place = await testDatabase()
  const admin = new pg.Client(place.url)
  await admin.connect()
  const name = new URL(place.url).pathname.slice(1)
  const role = `app_of_${name}`
  await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD 'x'; GRANT CREATE ON DATABASE ${name} TO ${role}`)
  const url = Object.assign(new URL(place.url), { username: role, password: 'x' }).href
  const said: string[] = []
  const say = (fields: { readonly err?: unknown; readonly error?: unknown }, message: string): void => {
    if (String(fields.err).includes('permission denied')) said.push(message)
  }
  const logger = { debug() {}, info() {}, warn: say, error: say }
  const app = await eventwright({ store: postgres(url), run: example, logger, leaseTime: 200 })
  const failing = async () => {
    const { components } = await app.health()
    return components.filter(({ error }) => error?.includes('permission denied')).map((one) => one.name)
  }
  await admin.query(`REVOKE INSERT, UPDATE ON eventwright.eventwright_leases FROM ${role}`)
  await eventually(async () => assert.ok((await failing()).includes('saga:checkout')))
  await eventually(() => assert.ok(said.includes('the timers could not be read')))
  assert.equal(new Set(said).size, said.length, said.join('\n'))
  await admin.query(`GRANT INSERT, UPDATE ON eventwright.eventwright_leases TO ${role}`)
  await eventually(async () => assert.deepEqual(await failing(), []))
  await app.stop()
  await admin.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
  await admin.end()
  await place.drop()
})
