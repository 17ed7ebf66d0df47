import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { appendFileSync, chmodSync, chownSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import pg from 'pg'
import { startPostgres, testDatabase, withoutPostgres } from '../../../../../scripts/postgres/server.mjs'
import { systemClock } from '../../event/index.ts'
import { openPostgres, postgresStoreEngine, storeMigrations, upgradePostgres } from './index.ts'

const skip = withoutPostgres()
const happened = [{ type: 'Happened', data: {} }]

describe('a world that is bad', { skip }, async () => {
  if (skip) return
  const place = await testDatabase()
  const admin = new pg.Client(place.url)
  await admin.connect()
  const name = new URL(place.url).pathname.slice(1)
  const role = `app_of_${name}`
  const secret = 'hunter2'
  await admin.query(
    `CREATE ROLE ${role} LOGIN PASSWORD '${secret}'; GRANT CREATE ON DATABASE ${name} TO ${role}`,
  )
  const asRole = new URL(place.url)
  asRole.username = role
  asRole.password = secret
  after(async () => {
    await admin.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
    await admin.end()
    await place.drop()
  })

  /** One clear error that says what and where, and no secret. */
  async function refuses(url: string, message: RegExp): Promise<void> {
    await assert.rejects(postgresStoreEngine(url).openStore(), (error: Error & { code: string }) => {
      assert.equal(error.code, 'CannotOpenDatabase')
      assert.match(error.message, message)
      const { host } = new URL(url)
      assert.ok(error.message.includes(`cannot open postgres://${host}/`), error.message)
      assert.doesNotMatch(`${error.message} ${JSON.stringify(error)} ${error.stack}`, /hunter/)
      return true
    })
  }

  const at = (change: (url: URL) => void): string => {
    const url = new URL(asRole)
    change(url)
    return url.href
  }

  test('is told in one error when a store is opened, with how to mend it and no password', async () => {
    await refuses(
      at((url) => (url.password = 'hunter3')),
      /does not let this user in .*check user and password/,
    )
    await refuses(
      at((url) => (url.username = 'nobody')),
      /does not let this user in/,
    )
    await refuses(
      at((url) => (url.pathname = '/absent')),
      /"absent" does not exist: CREATE DATABASE/,
    )
    await refuses(
      at((url) => (url.port = '1')),
      /does not answer .*ECONNREFUSED.*check host and port/,
    )
    await refuses(
      at((url) => (url.hostname = 'absent.invalid')),
      /does not answer .*ENOTFOUND/,
    )
    await refuses(
      at((url) => (url.search = 'sslmode=verify-full')),
      /it has no TLS, which was asked for: take sslmode out of the URL .*or turn ssl on there/,
    )
  })

  test('is told of a password that is missing, and the process ends without waiting for the server', async () => {
    const child = fileURLToPath(new URL('fixtures/open-once.ts', import.meta.url))
    const env = { ...process.env, PGPASSWORD: '', PGPASSFILE: join(tmpdir(), 'absent') }
    // The server would end the connection after its authentication_timeout, a minute.
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [child, at((url) => (url.password = ''))],
      {
        env,
        timeout: 40_000,
      },
    )
    const { code, message } = JSON.parse(stdout)
    assert.equal(code, 'CannotOpenDatabase')
    assert.match(message, /does not let this user in: it wants a password and none was given.*PGPASSWORD or/)
  })

  test('is told of a database that cannot hold a store', async () => {
    const latin = `${name}_latin`
    await admin.query(
      `CREATE DATABASE ${latin} TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'`,
    )
    await refuses(
      at((url) => (url.pathname = `/${latin}`)),
      /encoding is LATIN1.*ENCODING 'UTF8'/,
    )
    await admin.query(`DROP DATABASE ${latin} WITH (FORCE)`)
    await admin.query(`ALTER ROLE ${role} SET default_transaction_isolation = 'serializable'`)
    await refuses(asRole.href, /default_transaction_isolation is "serializable": ALTER DATABASE/)
    await admin.query(`ALTER ROLE ${role} RESET default_transaction_isolation`)
  })

  test('is told of a role without rights, before and after a store was opened', async () => {
    await admin.query(`REVOKE CREATE ON DATABASE ${name} FROM ${role}`)
    await refuses(asRole.href, /may not make them \(permission denied for database/)
    await admin.query(`GRANT CREATE ON DATABASE ${name} TO ${role}`)
    const store = await postgresStoreEngine(asRole.href).openStore()
    await store.append('a', happened)
    await admin.query(`ALTER TABLE eventwright.eventwright_events OWNER TO CURRENT_USER`)
    const refused = { code: 'StorageFailed', message: /the role has no right to this; grant it/ }
    await assert.rejects(store.append('a', happened), refused)
    await assert.rejects(store.read('a'), refused)
    await admin.query(`ALTER TABLE eventwright.eventwright_events OWNER TO ${role}`)
    assert.equal((await store.append('a', happened)).version, 2)
    await store.close()
  })

  /** A connection that was closed counts until its server process has ended. */
  async function untilGone(): Promise<void> {
    const count = 'SELECT count(*)::int AS n FROM pg_stat_activity WHERE usename = $1'
    while ((await admin.query(count, [role])).rows[0].n > 0)
      await new Promise((resolve) => setTimeout(resolve, 5))
  }

  test('is told of connections that are used up, after a time', async (t) => {
    t.after(() => admin.query(`ALTER ROLE ${role} CONNECTION LIMIT -1`))
    await untilGone()
    await admin.query(`ALTER ROLE ${role} CONNECTION LIMIT 1`)
    const store = await postgresStoreEngine(asRole.href, { listen: false, max: 1 }).openStore()
    await refuses(asRole.href, /takes no more connections \(too many connections for role.*max_connections/)
    // Those that it has go on; it asks for more for a time only.
    assert.equal((await store.append('limit', happened)).version, 1)
    await store.close()
    // What is shown no longer may still count for a moment: this one is let in whatever counts, and no further one then.
    await admin.query(`ALTER ROLE ${role} CONNECTION LIMIT -1`)
    const late = await openPostgres(asRole.href, { listen: false, patience: 50, max: 2 })
    await admin.query(`ALTER ROLE ${role} CONNECTION LIMIT 1`)
    const held = late.transaction(() =>
      assert.rejects(late.rows('SELECT 1'), { code: 'ConnectionLost', message: /max_connections/ }),
    )
    await held
    await late.close()
  })

  test('is told of a role that only reads before anything is made; it may look', async (t) => {
    const store = await postgresStoreEngine(asRole.href).openStore()
    await store.append('quiet', happened)
    await store.close()
    await admin.query(`ALTER ROLE ${role} SET default_transaction_read_only = on`)
    t.after(() => admin.query(`ALTER ROLE ${role} RESET default_transaction_read_only`))
    const fresh = at((url) => url.searchParams.set('schema', 'fresh'))
    const onlyReads = /can only be read: default_transaction_read_only is on; turn it off for this role/
    await refuses(asRole.href, onlyReads)
    await refuses(fresh, onlyReads)
    const sets = [{ name: 'store', migrations: storeMigrations }] as const
    const refused = { code: 'CannotOpenDatabase', message: onlyReads }
    await assert.rejects(upgradePostgres(fresh, {}, sets), refused)
    assert.deepEqual((await admin.query("SELECT 1 FROM pg_namespace WHERE nspname = 'fresh'")).rows, [])
    assert.equal((await upgradePostgres(fresh, {}, sets, { dryRun: true })).tables[0]?.from, 0)

    const looking = await postgresStoreEngine(asRole.href, { readOnly: true }).openStore()
    assert.equal((await looking.read('quiet')).version, 1)
    await assert.rejects(looking.append('quiet', happened), { code: 'StoreReadOnly' })
    await looking.close()
  })

  test('clocks that are an hour apart tell other times and no other order, and no lease is given twice', async () => {
    const engine = postgresStoreEngine(asRole.href)
    const open = (hours: number) =>
      engine.openStore({ clock: { ...systemClock, now: () => Date.now() + hours * 3_600_000 } })
    const [early, late] = await Promise.all([open(-1), open(1)])
    const after = await early.head()
    for (const store of [late, early, late, early]) await store.append('clocks', happened)
    const { events } = await early.readAll({ after })
    assert.deepEqual(
      events.map(({ version }) => version),
      [1, 2, 3, 4],
    )
    const [first = 0, second = 0] = events.map(({ recordedAt }) => recordedAt)
    assert.ok(first - second > 3_600_000)
    assert.ok(await late.leases.acquire('one', 'late', 60_000))
    assert.equal(await early.leases.acquire('one', 'early', 60_000), undefined)
    await Promise.all([early.close(), late.close()])
  })
})

let started: ReturnType<typeof startPostgres> | undefined
after(async () => (await started)?.end())

/** For what no test beside these may meet. */
function ownServer(): ReturnType<typeof startPostgres> {
  started ??= startPostgres()
  return started
}

// Only where there is OpenSSL's command can a certificate be made.
if (!skip && spawnSync('openssl', ['version']).status === 0)
  test('a certificate that nobody trusts is told, also with sslmode=require, and is taken where it is given', async () => {
    const { data, url } = await ownServer()
    const certificate = makeCertificate(data)
    const admin = new pg.Client(url)
    await admin.connect()
    await admin.query('ALTER SYSTEM SET ssl = on')
    await admin.query('SELECT pg_reload_conf()')
    await admin.end()
    // It takes up its settings when it comes to it.
    const until = performance.now() + 30_000
    const open = async (query: string): Promise<unknown> => {
      try {
        await (await openPostgres(`${url}?${query}`)).close()
        return 'opened'
      } catch (error) {
        const isBefore = error instanceof Error && error.message.includes('it has no TLS')
        return isBefore && performance.now() < until ? open(query) : error
      }
    }
    const told = await open('sslmode=require')
    const clear = /its certificate is not trusted \(self.signed certificate.*\): put sslrootcert=FILE/
    assert.match(String(told), clear)
    assert.equal(await open(`sslmode=require&sslrootcert=${encodeURIComponent(certificate)}`), 'opened')
  })

/** Where a server looks for it. */
function makeCertificate(data: string): string {
  const [key, certificate] = [join(data, 'server.key'), join(data, 'server.crt')]
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30']
  const name = ['-subj', '/CN=shop', '-addext', 'subjectAltName=IP:127.0.0.1']
  spawnSync('openssl', ['req', '-x509', ...kind, ...name, '-keyout', key, '-out', certificate])
  const { uid, gid } = statSync(data)
  chownSync(key, uid, gid)
  chmodSync(key, 0o600)
  return certificate
}

/** A file system of its own that is soon full. */
function smallDisk(): { readonly folder: string; end(): void } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'eventwright-small-'))
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder])
  const end = (): void => {
    spawnSync('umount', ['-l', folder])
    rmSync(folder, { recursive: true, force: true })
  }
  if (status === 0) return { folder, end }
  rmSync(folder, { recursive: true, force: true })
  return undefined
}

const disk = skip ? undefined : smallDisk()
after(() => disk?.end())

// Only who may mount has a disk that is soon full.
if (disk !== undefined)
  test('a disk that is full is told, nothing of the call is written, and the store goes on when there is space', () =>
    onSmallDisk(disk.folder))

async function onSmallDisk(folder: string): Promise<void> {
  const server = await ownServer()
  const { uid, gid } = statSync(server.data)
  chownSync(folder, uid, gid)
  const admin = new pg.Client(server.url)
  await admin.connect()
  await admin.query(`CREATE TABLESPACE small LOCATION '${folder}'`)
  await admin.query('CREATE DATABASE shop TABLESPACE small')
  await admin.end()
  const shop = new URL(server.url)
  shop.pathname = '/shop'
  const store = await postgresStoreEngine(shop.href).openStore()
  try {
    await store.append('a', happened)
    const filler = join(folder, 'filler')
    fill(filler)
    let version = 1
    const untilFull = async (): Promise<never> => {
      for (;;) version = (await store.append('a', large)).version
    }
    const full = { code: 'StorageFailed', message: /the disk of the server is full; free some space/ }
    await assert.rejects(untilFull(), full)
    assert.equal((await store.read('a')).version, version)
    rmSync(filler)
    assert.equal((await store.append('a', large)).version, version + 1)
  } finally {
    await store.close()
  }
}

const large = [{ type: 'Happened', data: { text: randomBytes(50_000).toString('hex') } }]

function fill(file: string): void {
  const some = Buffer.alloc(100_000)
  try {
    for (;;) appendFileSync(file, some)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  }
}
