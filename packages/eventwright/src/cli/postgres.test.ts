import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { after, before, describe, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventwright as app } from '@eventwright/core'
import { shownUrl, storeEngine } from '@eventwright/core/engines'
import { Admin } from '@platformatic/kafka'
import pg from 'pg'
import { withoutKafka } from '../../../../scripts/kafka/broker.mjs'
import { testKafka } from '../../../../scripts/kafka/shared.mjs'
import { testDatabase, withoutPostgres } from '../../../../scripts/postgres/server.mjs'
import { ended, folderWith, start, tinyFlow } from './fixtures/command.ts'
import { cutOffAt } from './fixtures/cut-off.ts'
import { type Gate, gateIn } from './fixtures/gate.ts'
import { eventwright } from './fixtures/one-process.ts'
import { run as tower } from './fixtures/tower.ts'
import { TOWER } from './fixtures/tower-store.ts'

/** Every command that opens a store, but for the store. */
const COMMANDS: readonly (readonly string[])[] = [
  ['run', 'tiny.yaml'],
  ['log'],
  ['at', 'bell-b-1', '--app', TOWER],
  ['trace', 'bell-b-1'],
  ['replay', 'count', '--app', TOWER],
  ['dead', 'list'],
  ['dead', 'show', 'bells/b-1/1'],
  ['dead', 'redrive', '--all'],
  ['dead', 'drop', '--all', '--reason', 'none', '--yes'],
  ['epoch', 'new'],
  ['epoch', 'accept', '--consumer', 'bells'],
]
const LOOKING = COMMANDS.slice(1, 6)

describe('the command on PostgreSQL', { skip: withoutPostgres(), timeout: 600_000 }, () => {
  let database: Awaited<ReturnType<typeof testDatabase>>
  const roles: string[] = []

  before(async () => {
    database = await testDatabase()
    await using opened = await app({ name: 'bells', store: await storeEngine(url('bells')), run: tower })
    for (const times of [1, 2, 3]) {
      const command = { type: 'ring', aggregate: 'bell', id: 'b-1', data: { times, by: 'ann' } }
      await opened.execute(command, { commandId: `c-${times}` })
    }
    await opened.idle()
  })
  after(async () => {
    await database.drop()
    for (const role of roles) await sql(database.admin, `DROP ROLE ${role}`)
  })

  function url(schema?: string, as?: { readonly role: string; readonly password: string }): string {
    const made = new URL(database.url)
    if (schema !== undefined) made.searchParams.set('schema', schema)
    if (as) Object.assign(made, { username: as.role, password: as.password })
    return made.href
  }

  async function sql(on: string, text: string): Promise<readonly Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: on })
    await client.connect()
    try {
      return (await client.query<Record<string, unknown>>(text)).rows
    } finally {
      await client.end()
    }
  }

  async function othersAreConnected(): Promise<boolean> {
    const others = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`
    return (await sql(database.url, others)).length > 0
  }

  async function role(): Promise<{ readonly role: string; readonly password: string }> {
    const made = { role: `r_${randomBytes(4).toString('hex')}`, password: 'hunter2' }
    await sql(database.url, `CREATE ROLE ${made.role} LOGIN PASSWORD '${made.password}'`)
    roles.push(made.role)
    return made
  }

  const schemas = async () =>
    (await sql(database.url, "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' ORDER BY 1")).map(
      ({ nspname }) => nspname,
    )

  test('a run without a schema leaves none; one that is named keeps what happened, run after run', async (t) => {
    const cwd = folderWith(t, { 'tiny.yaml': tinyFlow() })
    const there = await schemas()
    const own = await eventwright(['run', 'tiny.yaml', '--adversity', 'crash', '--store', url()], { cwd })
    assert.equal(own.code, 0, own.stdout + own.stderr)
    assert.match(
      own.stdout,
      /^tiny on postgres:\/\/[\d.:]+\/\w+ \(a schema of this run\) and its own broker\n/,
    )
    assert.deepEqual(await schemas(), there)
    for (const broker of [[], ['--broker', url()]]) {
      const kept = await eventwright(['run', 'tiny.yaml', '--store', url('trial'), ...broker], { cwd })
      assert.equal(kept.code, 0, kept.stdout + kept.stderr)
    }
    assert.deepEqual(await schemas(), [...there, 'trial'].sort())
    const { stdout } = await eventwright(['log', '--store', url('trial')])
    assert.deepEqual(stdout.match(/\S+ +Made/g), [
      'it-is-made/Thing-thingId@1  Made',
      'it-is-made~2/Thing-thingId@1  Made',
    ])
  })

  test('a run with Kafka leaves no topic and no group there', { skip: withoutKafka() }, async (t) => {
    const cwd = folderWith(t, { 'tiny.yaml': tinyFlow() })
    const there = await schemas()
    const { bootstrap, prefix } = await testKafka()
    const own = `kafka://${bootstrap}`
    const run = (broker: string) =>
      eventwright(['run', 'tiny.yaml', '--store', url(), '--broker', broker], { cwd })
    const { code, stdout, stderr } = await run(own)
    assert.deepEqual([code, stderr], [0, ''], stdout)
    assert.ok(
      stdout.startsWith(
        `tiny on ${shownUrl(url())} (a schema of this run) and ${own} (topics of this run)\n`,
      ),
    )
    const kept = await run(`${own}?prefix=${prefix}`)
    assert.deepEqual([kept.code, kept.stderr], [0, ''], kept.stdout)
    const admin = new Admin({ clientId: 'test', bootstrapBrokers: [bootstrap] })
    const names = [...(await admin.listTopics()), ...(await admin.listGroups()).keys()]
    await admin.close()
    assert.deepEqual(
      names.filter((name) => name.startsWith('eventwright.run_')),
      [],
    )
    assert.ok(names.includes(`${prefix}tiny.workshop`), names.join())
    assert.deepEqual(await schemas(), there)
  })

  /** A flow that stands still in the middle of its run. */
  function gated(t: TestContext): { readonly cwd: string; readonly gate: Gate } {
    const cwd = folderWith(t, {
      'tiny.yaml': tinyFlow('decide: ./make.mjs#make, emit: Made'),
      'make.mjs': `import { pass } from './gate.mjs'
export function make() {
  pass()
  return { type: 'Made', data: {} }
}
`,
    })
    return { cwd, gate: gateIn(cwd) }
  }

  test('a run whose reader goes away in the middle leaves no schema', async (t) => {
    const { cwd, gate } = gated(t)
    const there = await schemas()
    const child = start(['run', 'tiny.yaml', '--store', url()], { cwd })
    const ending = once(child, 'exit')
    const go = await gate.reached(child)
    assert.equal((await schemas()).length, there.length + 1)
    const stdout = child.stdout ?? assert.fail()
    stdout.destroy()
    await once(stdout, 'close')
    go()
    assert.deepEqual(await ending, [4, null])
    assert.deepEqual(await schemas(), there)
  })

  test('a run that a second Ctrl-C ends leaves no schema of which it does not tell', async (t) => {
    const { cwd, gate } = gated(t)
    const there = new Set(await schemas())
    const child = start(['run', 'tiny.yaml', '--store', url()], { cwd })
    const ending = ended(child)
    const go = await gate.reached(child)
    // Two of one kind that come at once count as one.
    child.kill('SIGINT')
    child.kill('SIGTERM')
    go()
    const { stderr } = await ending
    // What it asked for last may still be done.
    while (await othersAreConnected()) await sleep(5)
    const names = (await schemas()).filter((name) => !there.has(name))
    assert.equal(names.length, 1, 'it had no time to remove its schema')
    const [name] = names
    const told = `left behind: ${shownUrl(url(String(name)))}: DROP SCHEMA IF EXISTS "${name}" CASCADE`
    assert.ok(stderr.includes(told), stderr)
    await sql(database.url, `DROP SCHEMA "${name}" CASCADE`)
  })

  test('a run whose database is cut off at a commit is told to run again, and what is left of it', async (t) => {
    const flow = tinyFlow().replace('when: [Make], then: { events: [Made] }', 'given: [Made], when: [Make]')
    const cwd = folderWith(t, { 'tiny.yaml': flow })
    const there = await schemas()
    for (const schema of [undefined, 'broken']) {
      await using wire = await cutOffAt(url(schema), 'Thing-thingId')
      const { code, stderr } = await eventwright(['run', 'tiny.yaml', '--store', wire.url], { cwd })
      assert.match(
        stderr,
        /^eventwright: the run was broken off: postgres:.* answers no more \(.+\)\. See whether the server runs, and run this again\. What it /m,
      )
      assert.ok(
        stderr.includes(schema ? `stays in ${shownUrl(wire.url)}, under` : 'is removed, unless'),
        stderr,
      )
      assert.doesNotMatch(stderr, /the call|same ids/)
      assert.equal(code, 4)
    }
    assert.deepEqual(await schemas(), [...there, 'broken'].sort())
  })

  test('a load runs on it, with a good balance', async (t) => {
    const cwd = folderWith(t, { 'tiny.yaml': tinyFlow() })
    const there = await schemas()
    const args = ['run', 'tiny.yaml', '--load', 'max', '--in-flight', '5', '--for', '1s', '--store', url()]
    const { code, stdout, stderr } = await eventwright(args, { cwd })
    assert.equal(code, 0, stdout + stderr)
    assert.deepEqual(await schemas(), there)
  })

  test('what a service stored is looked into by its URL, by a role that may only read', async () => {
    const reader = await role()
    await sql(
      database.url,
      `GRANT USAGE ON SCHEMA bells TO ${reader.role}; GRANT SELECT ON ALL TABLES IN SCHEMA bells TO ${reader.role};
       GRANT SELECT ON ALL SEQUENCES IN SCHEMA bells TO ${reader.role}`,
    )
    const store = url('bells', reader)
    const log = await eventwright(['log', '--store', store, '--stream', 'bell-b-1'])
    assert.match(log.stdout, /bell-b-1@1 {2}Rung\.v2 .*\n.*bell-b-1@2 .*\n.*bell-b-1@3 .*"times":3.*\n$/)
    const last = await eventwright(['log', '--store', store, '--last', '1', '--json'])
    assert.equal(JSON.parse(last.stdout).source, '/services/bells')
    const trace = await eventwright(['trace', 'c-2', '--store', store, '--broker', url('bells')])
    assert.match(trace.stdout, /a command to bell-b-1: done\n.*Rung {2}bell-b-1@2/)
    const at = await eventwright(['at', 'bell-b-1', '--store', store, '--app', TOWER, '--version', '2'])
    assert.match(at.stdout, /rung: 3/)
    const replay = await eventwright(['replay', 'count', '--store', store, '--app', TOWER])
    assert.match(replay.stdout, /all as rebuilt/)
    for (const { code, stderr } of [log, last, trace, at, replay]) assert.deepEqual([code, stderr], [0, ''])
    const written = await eventwright(['epoch', 'new', '--store', store])
    assert.equal(written.code, 4, written.stdout)
  })

  test('where there is no store, no command but run makes one', async () => {
    const there = await schemas()
    for (const command of COMMANDS.slice(1)) {
      const { code, stderr } = await eventwright([...command, '--store', url('absent')])
      assert.match(stderr, /cannot open .*schema=absent: it holds no tables of an eventwright store/)
      assert.equal(code, 4, command.join(' '))
    }
    assert.deepEqual(await schemas(), there)
  })

  test('a schema that cannot be one is wrong use, exit 3', async (t) => {
    const cwd = folderWith(t, { 'tiny.yaml': tinyFlow() })
    for (const command of COMMANDS) {
      const { code, stderr } = await eventwright([...command, '--store', url('pg_mine')], { cwd })
      assert.match(stderr, /the schema is "pg_mine": use a name/, command.join(' '))
      assert.equal(code, 3, command.join(' '))
    }
  })

  test('a role that may make no schema is told to name one that it owns', async (t) => {
    const cwd = folderWith(t, { 'tiny.yaml': tinyFlow() })
    const stranger = await role()
    const refused = await eventwright(['run', 'tiny.yaml', '--store', url(undefined, stranger)], { cwd })
    assert.match(
      refused.stderr,
      /may not make a schema for the run \(permission denied .*\): name one that it owns, \?schema=NAME, or /,
    )
    assert.doesNotMatch(refused.stderr, /eventwright_run_|migrate|hunter2/)
    assert.equal(refused.code, 4)
    await sql(database.url, `CREATE SCHEMA its_own AUTHORIZATION ${stranger.role}`)
    const own = await eventwright(['run', 'tiny.yaml', '--store', url('its_own', stranger)], { cwd })
    assert.deepEqual([own.code, own.stderr], [0, ''], own.stdout)
  })

  test('what cannot be reached is exit 4 with the reason, and no password is told', async (t) => {
    const cwd = folderWith(t, { 'tiny.yaml': tinyFlow() })
    const stranger = await role()
    const worlds: readonly (readonly [store: string, says: RegExp, commands?: typeof COMMANDS])[] = [
      [
        url('bells', { ...stranger, password: 'hunter3' }),
        /does not let this user in .*password authentication/,
      ],
      [
        url('bells').replace(/\/test_\w+/, '/hunter_none'),
        /"hunter_none" does not exist: CREATE DATABASE it/,
      ],
      [url('bells').replace(/:\d+\//, ':1/'), /does not answer .*ECONNREFUSED.*whether the server runs/],
      [
        url(undefined, { ...stranger, password: 'hunter3' }),
        /does not let this user in/,
        COMMANDS.slice(0, 1),
      ],
      [url('bells', stranger), /permission denied|the role has no right/, LOOKING],
    ]
    for (const [store, says, commands = COMMANDS] of worlds) {
      for (const command of commands) {
        const { code, stdout, stderr } = await eventwright([...command, '--store', store], { cwd })
        assert.match(stderr, says, command.join(' '))
        assert.equal(code, 4, `${command.join(' ')}: ${stderr}`)
        assert.doesNotMatch(stdout + stderr, /hunter[23]|not foreseen|could not be removed/)
        assert.ok(!(stdout + stderr).includes(new URL(database.url).password))
      }
    }
  })
})
