import assert from 'node:assert/strict'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { describe, test } from 'node:test'
import { ended, folderWith, start, tinyFlow } from './fixtures/command.ts'
import { eventwright } from './fixtures/one-process.ts'

const TOLD = 'told.yaml'
const SHORT = ['--load', '100/s', '--for', '0.2s', '--seed', '7']

describe('run --load', () => {
  test('says how fast it went, and draws a balance', async () => {
    const { code, stdout } = await eventwright(['run', TOLD, ...SHORT])
    assert.equal(code, 0, stdout)
    assert.match(stdout, /^told under load: 100 orders a second, seed 7, on a temporary SQLite store/)
    assert.match(stdout, /^ {2}sent +20 {2}\d+\/s, 19 accepted$/m)
    assert.match(stdout, /^ {2}Latency +count +p50 +p95 +p99 +max\n {2}Open +20 /m)
    assert.match(stdout, /^ {2}✓ saga Fulfilment +19 started = 19 completed \+ 0 compensated$/m)
    assert.doesNotMatch(stdout, /✗/)
  })

  test('on a kept file a second run starts from nothing, and --json says all of it', async (t) => {
    const cwd = folderWith(t, { 'tiny.yaml': tinyFlow() })
    const args = [
      'run',
      'tiny.yaml',
      ...SHORT,
      '--store',
      'sqlite:kept.db',
      '--broker',
      'sqlite:kept.db',
      '--json',
    ]
    for (const _ of ['first', 'second']) {
      const { code, stdout } = await eventwright(args, { cwd })
      assert.equal(code, 0, stdout)
      const told = JSON.parse(stdout)
      assert.deepEqual([told.flow, told.seed, told.load, told.sent], ['tiny', '7', { perSecond: 100 }, 20])
      assert.equal(told.stages[0].name, 'Make')
      assert.ok(told.stages[0].p99 > 0 && told.perSecond.sent > 0 && told.memory > 0)
      const things = told.balance.checks.find(({ check }: { check: string }) => check === 'aggregate')
      assert.deepEqual([told.balance.good, things.figures.made], [true, 20])
    }
  })

  test('as many as go, so many at once', async () => {
    const { code, stdout } = await eventwright([
      'run',
      TOLD,
      '--load',
      'max',
      '--in-flight',
      '3',
      '--for',
      '0.1s',
    ])
    assert.equal(code, 0, stdout)
    assert.match(stdout, /^told under load: as many orders as go, 3 at once, seed \d+/)
  })

  test('what is wrong is a finding, with the first few', async (t) => {
    const flow = tinyFlow('require: { Never: "false" }, emit: Made')
    const cwd = folderWith(t, { 'tiny.yaml': flow })
    const { code, stdout } = await eventwright(['run', 'tiny.yaml', ...SHORT], { cwd })
    assert.equal(code, 1, stdout)
    assert.match(stdout, /^Refused\n +20 {2}Make: Never$/m)
    assert.match(
      stdout,
      /✗ orders Make +20 sent = 0 accepted \+ 20 refused \+ 0 failed\n +the flow took none of them/,
    )
  })

  for (const [name, args, says] of [
    [
      'a pace without its unit',
      ['--load', '20'],
      /--load 20: no such pace; say .* --load 200\/s, or --load max/,
    ],
    ['no orders at all', ['--load', '0/s'], /--load 0\/s: no such pace/],
    ['a time without its unit', ['--load', '1/s', '--for', '3'], /--for 3: no such time; use .* --for 30s/],
    ['a drain that is no time', ['--load', '1/s', '--drain', 'x'], /--drain x: no such time/],
    ['nothing in flight', ['--load', 'max', '--in-flight', '0'], /--in-flight 0: no such number/],
    ['in flight beside a rate', ['--load', '1/s', '--in-flight', '5'], /--in-flight goes with --load max/],
    ['a seed that no id can hold', ['--load', '1/s', '--seed', 'a b'], /--seed a b: no such seed/],
    ['a time without a load', ['--for', '3s'], /--for goes with --load: add --load 200\/s/],
    [
      'scenarios beside a load',
      ['--load', '1/s', '--scenario', 'x'],
      /--scenario and --load do not go together/,
    ],
  ] as const) {
    test(`${name} is a usage error with its mend`, async () => {
      const { code, stderr } = await eventwright(['run', TOLD, ...args])
      assert.match(stderr, says)
      assert.equal(code, 3)
    })
  }

  test('a flow that nobody outside begins is a usage error', async (t) => {
    const cwd = folderWith(t, {
      'tiny.yaml': tinyFlow().replace('by: user, ', '').split('scenarios:')[0] ?? '',
    })
    const { code, stderr } = await eventwright(['run', 'tiny.yaml', ...SHORT], { cwd })
    assert.match(stderr, /has no command from outside that begins it/)
    assert.equal(code, 3)
  })

  test('Ctrl-C ends the sending, and the balance so far is drawn', async () => {
    const child = start(['run', join(import.meta.dirname, 'fixtures', TOLD), '--load', '50/s', '--for', '1h'])
    const done = ended(child)
    // It says what it does once it is about to begin; a moment later it sends.
    await once(child.stdout ?? process.stdin, 'data')
    child.kill('SIGINT')
    const { code, stdout } = await done
    assert.equal(code, 0, stdout)
    assert.match(stdout, /✓ saga Fulfilment|✓ orders Open/)
  })
})
