import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  eventwright as alone,
  FIXTURES,
  folderWith,
  tinyFlow,
  WORKED_EXAMPLE,
  withoutTimes,
} from './fixtures/command.ts'
import { eventwright } from './fixtures/one-process.ts'

test('each difference is told with the line of the flow file, events side by side', async () => {
  const { code, stdout, stderr } = await eventwright(['run', 'told.yaml'])
  assert.equal(withoutTimes(stdout), readFileSync(join(FIXTURES, 'told.txt'), 'utf8'))
  assert.equal(stderr, '')
  assert.equal(code, 1)
})

test('the worked example passes, and shows its read model and a timeline across services', async () => {
  const { code, stdout, stderr } = await eventwright(['run', WORKED_EXAMPLE])
  assert.equal(stderr, '')
  assert.match(stdout, /\n18 passed, 0 failed, 0 open\n$/)
  assert.match(stdout, /OrderSummary\n {4}o-1 {2}customerId: o-1 {2}total: 4200 {2}status: confirmed\n/)
  assert.match(stdout, /orders +fraud +inventory +payments +shipping\n/)
  assert.equal(code, 0)
})

test('--scenario runs those that are named; an unknown one is told what there is', async () => {
  const args = ['run', 'told.yaml', '--scenario', 'all as it says', 'what then']
  const { code, stdout } = await eventwright(args)
  assert.match(stdout, /✓ all as it says[\s\S]*\? what then[\s\S]*1 passed, 0 failed, 1 open\n$/)
  assert.equal(code, 0)
  const unknown = await eventwright(['run', 'told.yaml', '--scenario', 'what than'])
  assert.match(
    unknown.stderr,
    /^eventwright: told\.yaml has no scenario "what than". It has:\n {2}all as it says\n/,
  )
  assert.equal(unknown.stdout, '')
  assert.equal(unknown.code, 3)
})

test('--json gives verdicts, differences and what happened, and nothing else on standard output', async () => {
  const args = ['run', 'told.yaml', '--json', '--scenario', 'other data', 'a refusal that is not listed']
  const { code, stdout, stderr } = await eventwright(args)
  assert.equal(code, 1)
  assert.equal(stderr, '')
  const report = JSON.parse(stdout)
  const [other, refused] = report.scenarios
  assert.deepEqual(
    { ...report, scenarios: undefined },
    { flow: 'told', passed: 0, failed: 2, open: 0, scenarios: undefined },
  )
  assert.deepEqual(Object.keys(other), [
    'name',
    'file',
    'line',
    'verdict',
    'milliseconds',
    'differences',
    'faults',
    'events',
    'refusals',
    'sagas',
    'readModel',
  ])
  const [opened, held] = other.events
  assert.deepEqual(
    { ...other, milliseconds: 0, events: [] },
    {
      name: 'other data',
      file: 'told.yaml',
      line: 51,
      verdict: 'failed',
      milliseconds: 0,
      differences: [
        {
          what: 'events',
          message: 'Opened happened with other data or in another order: {"orderId":"o-1","total":5}',
          file: 'told.yaml',
          line: 53,
          column: 22,
        },
      ],
      faults: [],
      events: [],
      refusals: [],
      sagas: [{ saga: 'Fulfilment', key: 'o-1', states: ['closing'] }],
      readModel: { Summary: { 'o-1': { total: 5 } } },
    },
  )
  assert.deepEqual(
    [opened.type, opened.service, opened.stream, opened.version],
    ['Opened', 'orders', 'Order-o-1', 1],
  )
  assert.deepEqual(held.data, { orderId: 'o-1' })
  assert.equal(held.saga, 'saga:Fulfilment-o-1')
  assert.ok(opened.position < held.position && opened.at <= held.at)
  assert.deepEqual(refused.refusals, [{ refusal: 'TooMuch', command: 'Open', id: 'o-1' }])
})

test('a flow without scenarios runs nothing, and says so', async (t) => {
  const flow = tinyFlow().replace(/scenarios:[\s\S]*/, '')
  const { code, stdout } = await eventwright(['run', 'tiny.yaml'], {
    cwd: folderWith(t, { 'tiny.yaml': flow }),
  })
  assert.match(stdout, /The flow has no scenarios: nothing was run\.\n\n0 passed, 0 failed, 0 open\n$/)
  assert.equal(code, 0)
})

test('--verbose logs JSON lines to standard error, and no payloads', async (t) => {
  const cwd = folderWith(t, { 'tiny.yaml': tinyFlow() })
  const { code, stderr } = await alone(['run', 'tiny.yaml', '--verbose'], { cwd })
  assert.equal(code, 0)
  const lines = stderr.split('\n').filter((line) => line !== '')
  assert.ok(lines.length > 0)
  for (const line of lines) assert.equal(typeof JSON.parse(line).msg, 'string')
  assert.doesNotMatch(stderr, /t-1"/)
})

test('neither NO_COLOR nor a pipe shows colours; FORCE_COLOR does', async () => {
  const args = ['run', 'told.yaml', '--scenario', 'all as it says']
  await alone(args, { env: { NO_COLOR: '1' } })
  await assert.rejects(alone(args, { env: { FORCE_COLOR: '1' } }), /an escape code/)
})
