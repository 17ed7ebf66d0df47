import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Clock, type NewEvent, systemClock } from '@eventwright/core'
import { sqlite } from '@eventwright/core/sqlite'
import { folderWith, WORKED_EXAMPLE } from './fixtures/command.ts'
import { eventwright } from './fixtures/one-process.ts'
import { TOWER, towerFile } from './fixtures/tower-store.ts'

const rung = (times: number, by = 'ann'): NewEvent => ({
  type: 'Rung',
  data: { times, by },
  schemaVersion: 2,
})
const tuned = (note: string): NewEvent => ({ type: 'Tuned', data: { note } })

/** Appends events, each a minute after the one before, from 12:00 on; or at the minutes that are given. */
async function belled(
  file: string,
  events: readonly NewEvent[],
  { minutes = events.map((_, index) => index), tenant = '', stream = 'bell-big' } = {},
): Promise<void> {
  let minute = 0
  const clock: Clock = { ...systemClock, now: () => Date.UTC(2026, 0, 31, 12, minute) }
  const store = await sqlite(file).openStore({ clock })
  for (const [index, event] of events.entries()) {
    minute = minutes[index] ?? 0
    await store.append(stream, [event], { tenant })
  }
  await store.close()
}

async function at(file: string, ...args: readonly string[]): ReturnType<typeof eventwright> {
  const code = args.includes('--flow') ? [] : ['--app', TOWER]
  return eventwright(['at', args[0] ?? '', '--store', `sqlite:${file}`, ...code, ...args.slice(1)])
}

const EVENTS = [tuned('d'), rung(2), { ...rung(3), data: { times: 3 }, schemaVersion: 1 }, tuned('e')]

test('at shows the state after a version or at a time, old payloads upcast', async (t) => {
  const file = towerFile(t)
  await belled(file, EVENTS)
  const now = await at(file, 'bell-big')
  assert.equal(now.code, 0)
  assert.equal(
    now.stdout,
    'bell-big at version 4 of 4, after Tuned (version 4, position 4, 2026-01-31T12:03:00.000Z)\n\n' +
      'rung: 5\nnote: e\nlast:\n  by: nobody\n',
  )
  const states: readonly (readonly [string, string, number, object])[] = [
    ['--version', '2', 2, { rung: 2, note: 'd', last: { by: 'ann' } }],
    ['--version', '0', 0, { rung: 0, note: 'c', last: null }],
    ['--time', '2026-01-31T12:02:59Z', 3, { rung: 5, note: 'd', last: { by: 'nobody' } }],
    ['--time', '2026-01-31T12:00:00Z', 1, { rung: 0, note: 'd', last: null }],
    ['--time', '2026-01-31', 0, { rung: 0, note: 'c', last: null }],
    ['--time', '1s', 4, { rung: 5, note: 'e', last: { by: 'nobody' } }],
  ]
  for (const [option, value, version, state] of states) {
    const { stdout } = await at(file, 'bell-big', option, value, '--json')
    const told = JSON.parse(stdout)
    assert.deepEqual([told.version, told.state], [Math.min(version, 4), state], `${option} ${value}`)
    assert.equal(told.last?.version ?? 0, told.version)
  }
})

test('at --diff names each field that changed, and the event that changed it last', async (t) => {
  const file = towerFile(t)
  await belled(file, EVENTS)
  const { code, stdout } = await at(file, 'bell-big', '--diff', '1..4')
  assert.equal(code, 0)
  assert.match(stdout, /^bell-big from version 1 to 4 of 4\n\n/)
  assert.match(stdout, /\nrung +0 -> 5 +Rung \(version 3, .*\), the last of 2 that changed it\n/)
  assert.match(stdout, /\nnote +"d" -> "e" +Tuned \(version 4, position 4, 2026-01-31T12:03:00\.000Z\)\n/)
  assert.match(stdout, /\nlast +null -> \{"by":"nobody"\} +Rung \(version 3, /)
  const field = JSON.parse(
    (await at(file, 'bell-big', '--version', '2', '--diff', '--to', '3', '--json')).stdout,
  )
  assert.deepEqual(
    field.changes.map(({ path, before, after, by, times }: { [name: string]: { version?: number } }) => {
      return [path, before, after, by?.version, times]
    }),
    [
      ['rung', 2, 5, 3, 1],
      ['last.by', 'ann', 'nobody', 3, 1],
    ],
  )
  const times = JSON.parse(
    (await at(file, 'bell-big', '--diff', '2026-01-31T12:00:00Z..2026-01-31T12:01:00Z', '--json')).stdout,
  )
  assert.deepEqual([times.from, times.to], [1, 2])
  assert.match((await at(file, 'bell-big', '--diff', '4..')).stdout, /Nothing changed\.\n$/)
  assert.match(
    (await at(file, 'bell-big', '--time', '2026-01-31T12:02:00Z', '--diff')).stdout,
    /from version 3 to 4 of 4/,
  )
})

test('a stream of many events is folded to its end, and to any version', async (t) => {
  const file = towerFile(t)
  const store = await sqlite(file).openStore()
  await store.append(
    'bell-big',
    Array.from({ length: 1203 }, () => rung(1)),
  )
  await store.close()
  for (const [version, rings] of [
    [500, 500],
    [501, 501],
    [1203, 1203],
  ] as const) {
    const { stdout } = await at(file, 'bell-big', '--version', `${version}`, '--json')
    assert.equal(JSON.parse(stdout).state.rung, rings)
  }
  const { changes } = JSON.parse((await at(file, 'bell-big', '--diff', '1..1203', '--json')).stdout)
  assert.deepEqual([changes[0].times, changes[0].by.version], [1202, 1203])
})

test('where a clock was set back, the state at a time is a state that the stream had, and this is said', async (t) => {
  const file = towerFile(t)
  await belled(file, [rung(1), rung(2), rung(4), rung(8)], { minutes: [0, 10, 1, 2] })
  const { stdout, stderr } = await at(file, 'bell-big', '--time', '2026-01-31T12:05:00Z', '--json')
  assert.deepEqual([JSON.parse(stdout).version, JSON.parse(stdout).state.rung], [1, 1])
  assert.match(stderr, /2 later events have an earlier time: a clock was set back/)
})

test('a flow is the code as well, and the state of another tenant is another', async (t) => {
  const file = towerFile(t)
  await eventwright([
    'run',
    WORKED_EXAMPLE,
    '--store',
    `sqlite:${file}`,
    '--scenario',
    'an order is fulfilled',
  ])
  const store = await sqlite(file, { readOnly: true }).openStore()
  const { events } = await store.readAll()
  await store.close()
  const [placed] = events
  const named = ['--flow', WORKED_EXAMPLE, '--tenant', placed?.tenant ?? '']
  const shown = await at(file, placed?.stream ?? '', ...named, '--json')
  assert.equal(typeof JSON.parse(shown.stdout).state.status, 'string')
  const other = await at(file, placed?.stream ?? '', '--flow', WORKED_EXAMPLE)
  assert.equal(other.code, 3)
  assert.match(other.stderr, /There is no stream/)
  const saga = events.find(({ stream }) => stream.startsWith('saga:'))
  const run = await eventwright([
    ...['at', saga?.stream ?? '', '--store', `sqlite:${file}`, '--tenant', saga?.tenant ?? '', '--json'],
  ])
  const { state } = JSON.parse(run.stdout)
  assert.equal(state.status, 'completed')
  assert.deepEqual([state.steps.payment.status, state.steps.payment.answer], ['done', 'PaymentAuthorized'])
  const begun = await eventwright([
    ...[
      'at',
      saga?.stream ?? '',
      '--store',
      `sqlite:${file}`,
      '--tenant',
      saga?.tenant ?? '',
      '--version',
      '2',
    ],
  ])
  assert.match(begun.stdout, /status: running\n/)
  assert.match(begun.stdout, /steps:\n {2}screen:\n {4}status: pending\n/)
  const waiting = events.find(
    ({ type, data }) => type === 'eventwright.saga.CommandSent' && 'due' in Object(data),
  )
  const place = ['at', waiting?.stream ?? '', '--store', `sqlite:${file}`, '--tenant', waiting?.tenant ?? '']
  const then = await eventwright([...place, '--version', `${waiting?.version}`])
  assert.match(then.stdout, /\n {4}due: \d{4}-\d\d-\d\dT[\d:.]+Z\n/)
  const changed = await eventwright([
    ...[
      'at',
      saga?.stream ?? '',
      '--store',
      `sqlite:${file}`,
      '--tenant',
      saga?.tenant ?? '',
      '--diff',
      '2..3',
    ],
  ])
  assert.match(
    changed.stdout,
    /steps\.screen\.status +"pending" -> "done" +eventwright\.saga\.StepCompleted \(version 3/,
  )
})

test('what is not there, and code that cannot take an event, are said with their place', async (t) => {
  const file = towerFile(t)
  await belled(file, [rung(1), rung(13)])
  await belled(file, [{ type: 'Rung', data: {}, schemaVersion: 3 }], { stream: 'bell-new' })
  await belled(file, [{ type: 'Melted', data: {} }], { stream: 'bell-old' })
  await belled(file, [rung(1)], { stream: 'organ-1' })
  const cwd = folderWith(t)
  for (const [args, says, exit] of [
    [['bell-small'], /There is no stream bell-small/, 3],
    [['bell-big', '--version', '3'], /bell-big has no version 3: its last one is 2/, 3],
    [['bell-big'], /The code of bell cannot take Rung, version 2 of bell-big \(position 2\): thirteen/, 2],
    [['bell-new'], /This code does not know Rung, version 1 of bell-new/, 2],
    [['bell-old'], /This code does not know Melted/, 2],
    [['organ-1'], /tower\.ts has no aggregate organ.*\(it has: bell\)/, 3],
    [['bell-big', '--version', '1', '--time', '1m'], /not both/, 3],
    [['bell'], /'bell' names no stream: write AGGREGATE-ID/, 3],
    [['bell-big', '--time', 'noon'], /'noon' is no time/, 3],
    [['bell-big', '--version', 'x'], /0 or more/, 3],
    [['bell-big', '--to', '1'], /other end of --diff/, 3],
    [['bell-big', '--diff'], /--diff from where/, 3],
    [['bell-big', '--diff', '1..2..3'], /no two points/, 3],
  ] as const) {
    const { code, stdout, stderr } = await at(file, ...args)
    assert.match(stderr, says)
    assert.deepEqual([code, stdout], [exit, ''], args.join(' '))
  }
  const bare = await eventwright(['at', 'bell-big', '--store', `sqlite:${file}`], { cwd })
  assert.deepEqual([bare.code, bare.stdout], [3, ''])
  assert.match(bare.stderr, /give --flow FILE or --app MODULE/)
  assert.match((await at(file, 'bell-big', '--version', '1')).stdout, /rung: 1/)
})
