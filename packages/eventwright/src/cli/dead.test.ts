import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import process from 'node:process'
import { test } from 'node:test'
import type { DeadLetter, Drop } from '@eventwright/core'
import { folderWith, MAIN } from './fixtures/command.ts'
import { eventwright } from './fixtures/one-process.ts'
import { commandOf, openTower, TOWER, towerFile } from './fixtures/tower-store.ts'

interface Listed {
  readonly total: { readonly letters: number; readonly keys: number }
  readonly deadLetters: readonly DeadLetter[]
}

const storeOf = (file: string): readonly string[] => ['--store', `sqlite:${file}`]

async function listed(file: string, ...more: readonly string[]): Promise<Listed> {
  const { code, stdout } = await eventwright(['dead', 'list', ...storeOf(file), '--json', ...more])
  assert.equal(code, 0)
  return JSON.parse(stdout)
}

async function dropped(file: string): Promise<readonly Drop[]> {
  const { stdout } = await eventwright(['dead', 'list', '--dropped', ...storeOf(file), '--json'])
  return JSON.parse(stdout).dropped
}

/** A bell of which `wrong` cannot be decided (its id was used for something else), with two commands behind it. */
async function parkedBell(file: string): Promise<void> {
  await using app = await openTower(file)
  await app.execute({ type: 'tune', aggregate: 'bell', id: 'big', data: { note: 'd' }, commandId: 'wrong' })
  const ring = (id: string) => commandOf('big', id, { times: 2, by: 'ann' })
  await app.broker.publish('bells.commands', [ring('wrong'), ring('second'), ring('third')])
  await app.broker.publish('bells.commands', [commandOf('small', 'odd', {}, 'dance')])
  await app.idle()
}

test('dead list shows what is parked, of which key, why, and how often it was tried', async (t) => {
  const file = towerFile(t)
  await parkedBell(file)
  const { code, stdout } = await eventwright(['dead', 'list', ...storeOf(file)])
  assert.equal(code, 0)
  assert.match(stdout, /^ID +TENANT +KEY +PARKED +ATTEMPTS +WHY\n/)
  assert.match(stdout, /bells\/big\/\d{16} +big +20\S+Z +1 +Unprocessable: .*wrong/)
  assert.match(stdout, /bells\/big\/\d{16} +big +20\S+Z +0 +behind one of its key\n/)
  assert.match(stdout, /\n4 messages of 2 keys\.\n$/)
  const one = await listed(file, '--key', 'small')
  assert.deepEqual(
    [one.total, one.deadLetters.map(({ message }) => message.id)],
    [{ letters: 1, keys: 1 }, ['odd']],
  )
  const first = await eventwright(['dead', 'list', ...storeOf(file), '--consumer', 'bells', '--limit', '1'])
  assert.match(first.stdout, /4 messages of 2 keys; 1 message shown \(--limit\)\./)
  const none = await eventwright(['dead', 'list', ...storeOf(file), '--tenant', 'nobody'])
  assert.equal(none.stdout, 'Nothing is parked.\n')
})

test('dead show tells the whole message, what stands before and behind it, and what the code would make of it', async (t) => {
  const file = towerFile(t)
  await parkedBell(file)
  const { deadLetters } = await listed(file)
  const [first, second] = deadLetters
  const shown = await eventwright(['dead', 'show', first?.id ?? '', ...storeOf(file), '--app', TOWER])
  assert.equal(shown.code, 0)
  for (const says of [
    /why +Unprocessable/,
    /key +big\n/,
    /message +wrong, bells\.commands, partition \d, offset \d/,
    /before it +nothing\n +behind it +2 messages of the key/,
    /"commandId": "wrong"/,
    /With this code now: It would be parked again: .*wrong/,
    /dead drop/,
  ]) {
    assert.match(shown.stdout, says)
  }
  const behind = await eventwright([
    'dead',
    'show',
    second?.id ?? '',
    ...storeOf(file),
    '--app',
    TOWER,
    '--json',
  ])
  const told = JSON.parse(behind.stdout)
  assert.deepEqual([told.before, told.after.length], [[first?.id], 1])
  assert.deepEqual(told.now, { outcome: 'handled', text: 'bell would decide on Rung.' })
  assert.match(told.mend[0], new RegExp(`dead show ${first?.id}`))
  const unknown = await eventwright(['dead', 'show', 'bells/big/1', ...storeOf(file)])
  assert.deepEqual([unknown.code, unknown.stdout], [3, ''])
  assert.match(unknown.stderr, /There is no dead letter bells\/big\/1/)
})

test('an event that is parked is read with the schemas and upcasters that the code has now', async (t) => {
  const file = towerFile(t)
  const event = (id: string, type: string, data: object): string =>
    JSON.stringify({
      specversion: '1.0',
      id,
      source: '/t',
      type: `com.example.tower.${type}`,
      subject: 'bell-x',
      data,
    })
  {
    await using app = await openTower(file)
    await app.broker.publish('bells.events', [
      { id: 'torn', key: 'b', headers: {}, value: '{"specversion": "1.0"' },
      { id: 'old', key: 'b', headers: {}, value: event('e-1', 'Rung.v1', { times: 1 }) },
      { id: 'bad', key: 'a', headers: {}, value: event('e-2', 'Rung.v2', { times: 'often' }) },
    ])
    await app.idle()
  }
  for (const consumer of ['ear', 'saga:tuning']) {
    const { deadLetters } = await listed(file, '--consumer', consumer)
    const verdicts = []
    for (const { id } of deadLetters) {
      const { stdout } = await eventwright(['dead', 'show', id, ...storeOf(file), '--app', TOWER, '--json'])
      const { message, now } = JSON.parse(stdout)
      verdicts.push([message.id, now.outcome, now.payload])
    }
    assert.deepEqual(verdicts, [
      ['bad', 'parked', undefined],
      ['torn', 'parked', undefined],
      ['old', 'handled', { times: 1, by: 'nobody' }],
    ])
  }
})

test('a reused command id that holds its key back is dropped, and the redriven rest is handled', async (t) => {
  const file = towerFile(t)
  await parkedBell(file)
  const [wrong] = (await listed(file)).deadLetters
  const drop = ['dead', 'drop', wrong?.id ?? '', ...storeOf(file), '--yes', '--reason', 'sent by mistake']
  const gone = await eventwright(drop)
  assert.equal(gone.code, 0)
  assert.match(gone.stdout, /^Dropped 1 message\. Still parked there: 3 messages of 2 keys; dead redrive/)
  const again = await eventwright(drop)
  assert.deepEqual([again.code, again.stdout], [3, ''])
  const marked = await eventwright(['dead', 'redrive', ...storeOf(file), '--key', 'big'])
  assert.match(marked.stdout, /^Marked 1 key with 2 messages\. A process of the service runs them/)
  const { deadLetters } = await listed(file, '--key', 'big')
  assert.ok(deadLetters.every(({ redriveSince }) => typeof redriveSince === 'number'))
  {
    await using app = await openTower(file)
    await app.idle()
    assert.deepEqual(
      (await app.store.read('bell-big')).events.map(({ type }) => type),
      ['Tuned', 'Rung', 'Rung'],
    )
  }
  assert.deepEqual((await listed(file)).total, { letters: 1, keys: 1 })
  const [record] = await dropped(file)
  assert.deepEqual([record?.messageId, record?.why, record?.key], ['wrong', 'sent by mistake', 'big'])
  assert.match(record?.by ?? '', /.@./)
})

test('on a terminal a drop asks first, and drops nothing without a yes', {
  skip: process.platform !== 'linux' || spawnSync('script', ['--version']).status !== 0,
}, async (t) => {
  const file = towerFile(t)
  await parkedBell(file)
  const drop = `dead drop --all --store "sqlite:${file}" --reason "a test"`
  const command = `stty cols 200; exec "${process.execPath}" --conditions=@eventwright/source "${MAIN}" ${drop}`
  for (const [answer, status, left] of [
    ['n', 1, 4],
    ['y', 0, 0],
  ] as const) {
    const ended = spawnSync('script', ['-qec', command, '/dev/null'], {
      encoding: 'utf8',
      input: answer,
      timeout: 180_000,
    })
    assert.match(ended.stdout, /To be dropped: 4 messages of 2 keys\.[\s\S]*Throw 4 messages away\?/)
    assert.equal(ended.status, status, ended.stdout)
    assert.equal((await listed(file)).total.letters, left)
  }
})

test('what cannot be asked is refused, exit 3; what cannot be read is exit 4 and makes no file', async (t) => {
  const file = towerFile(t)
  await parkedBell(file)
  const folder = folderWith(t, { 'notes.txt': 'no database, but long enough to be looked at as one' })
  const cases: readonly (readonly [readonly string[], RegExp, number])[] = [
    [['redrive', ...storeOf(file)], /Name a dead letter by its id, or give --key, --consumer or --all/, 3],
    [['redrive', 'x', '--all', ...storeOf(file)], /contradict/, 3],
    [['redrive', 'bells/x/1', ...storeOf(file)], /There is no dead letter "bells\/x\/1"/, 3],
    [['redrive', '--key', 'x', ...storeOf(file)], /There is no parked key "x"/, 3],
    [['drop', '--all', ...storeOf(file), '--reason', 'x'], /Give --yes/, 3],
    [['drop', '--all', ...storeOf(file), '--yes'], /Give --reason/, 3],
    [['list'], /required option '--store <url>'/, 3],
    [['list', '--store', 'memory:'], /--store memory: is empty/, 3],
    [['list', '--store', 'kafka://x'], /no such store/, 3],
    [['list', ...storeOf(file), '--limit', '0'], /1 or more/, 3],
    [['list', ...storeOf(`${folder}/none.db`)], /no such file/, 4],
    [
      ['redrive', '--consumer', 'nonsense', ...storeOf(file)],
      /Nothing of consumer "nonsense" is parked; something of bells is/,
      3,
    ],
    [['redrive', '--all', ...storeOf(`${folder}/none.db`)], /no such file/, 4],
    [['list', ...storeOf(`${folder}/notes.txt`)], /not a SQLite database/, 4],
  ]
  for (const [args, says, exit] of cases) {
    const { code, stdout, stderr } = await eventwright(['dead', ...args])
    assert.match(stderr, says)
    assert.deepEqual([code, stdout], [exit, ''], args.join(' '))
  }
  assert.ok(!existsSync(`${folder}/none.db`))
  assert.equal((await listed(file)).total.letters, 4)
})

test('each tenant has its own: one is redriven or dropped without the other', async (t) => {
  const file = towerFile(t)
  {
    await using app = await openTower(file)
    const odd = (tenant: string) => {
      const { value, ...message } = commandOf('big', `odd-${tenant}`, {}, 'dance')
      return { ...message, value: JSON.stringify({ ...JSON.parse(value), tenant }) }
    }
    await app.broker.publish('bells.commands', [odd('east'), odd('west')])
    await app.idle()
  }
  assert.deepEqual(
    (await listed(file)).deadLetters.map(({ tenant }) => tenant),
    ['east', 'west'],
  )
  const gone = await eventwright([
    'dead',
    'drop',
    '--all',
    '--tenant',
    'west',
    ...storeOf(file),
    '--yes',
    '--reason',
    'r',
  ])
  assert.match(gone.stdout, /^Dropped 1 message\. Nothing is parked there any more/)
  assert.deepEqual(
    (await listed(file)).deadLetters.map(({ tenant }) => tenant),
    ['east'],
  )
  assert.deepEqual(
    (await dropped(file)).map(({ tenant }) => tenant),
    ['west'],
  )
})
