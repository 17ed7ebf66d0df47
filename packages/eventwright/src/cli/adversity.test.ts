import assert from 'node:assert/strict'
import { test } from 'node:test'
import { folderWith, tinyFlow } from './fixtures/command.ts'
import { eventwright } from './fixtures/one-process.ts'
import { repeating } from './run-adversity.ts'

const HELD_FIRST = 'a shelf is held, then labelled'
const HURRIED = ['run', 'hurried.yaml', '--scenario', HELD_FIRST]

test('what is borne is counted, in a line each and over all; what fails as it is, is left alone', async () => {
  const args = ['run', 'told.yaml', '--adversity', '--scenario', 'all as it says', 'other data', 'what then']
  const { code, stdout } = await eventwright(args)
  const borne = /(\d+) duplicates, \1 late duplicates, \d+ crashes, 3 other orders/
  assert.match(stdout, new RegExp(`✓ all as it says +\\d+ ms, also under ${borne.source}\n`))
  assert.match(
    stdout,
    new RegExp(
      `\nAdversity: 1 scenario under ${borne.source}: all end as they should\\. What fails as it is \\(1\\) is not disturbed\\. Open questions have no \`then\``,
    ),
  )
  assert.match(stdout, /\n1 passed, 1 failed, 1 open\n$/)
  assert.equal(code, 1)
})

test('where all fails as it is, nothing was disturbed', async () => {
  const { stdout } = await eventwright(['run', 'told.yaml', '--adversity', '--scenario', 'other data'])
  assert.match(stdout, /\nAdversity: nothing was disturbed\. What fails as it is \(1\) is not disturbed\.\n/)
})

test('the command line that repeats names the engines, and is one for a shell', () => {
  const repeat = repeating('a b.yaml', { store: 'sqlite:kept.db', broker: 'memory:' })
  assert.equal(
    repeat("nobody's", 'late'),
    `eventwright run "a b.yaml" --scenario "nobody's" --adversity late --store sqlite:kept.db --broker memory:`,
  )
})

test('an order that is not borne is told, with the command line that repeats it, and that fails alike', async () => {
  const { code, stdout } = await eventwright([...HURRIED, '--adversity', '--seed', '7'])
  assert.equal(code, 1)
  const told =
    /✗ a shelf is held, then labelled .*\n {6}It passes as it is, and fails under interleave:7:\n(?<why>[\s\S]*?) {6}Repeat it: eventwright (?<line>.*)\n/
  const found = told.exec(stdout)?.groups ?? assert.fail(stdout)
  assert.match(
    found.why ?? '',
    /hurried\.yaml:51:\d+: ShelfHeld happened with other data or in another order/,
  )
  assert.equal(found.line, `run hurried.yaml --scenario "${HELD_FIRST}" --adversity interleave:7`)
  assert.match(stdout, /Adversity: 1 scenario under .*: 1 end otherwise\.\n\n0 passed, 1 failed, 0 open\n$/)
  const again = await eventwright([...HURRIED, '--adversity', 'interleave:7'])
  assert.equal(again.code, 1)
  assert.equal(told.exec(again.stdout)?.groups?.why, found.why)
})

test('--json lists the steps, and a step that is named is disturbed alone', async () => {
  const { stdout } = await eventwright([...HURRIED, '--adversity', 'crash', '--json'])
  const { adversity, scenarios } = JSON.parse(stdout)
  const { steps, failures } = scenarios[0].adversity
  assert.deepEqual(adversity, { twice: 0, late: 0, crash: steps.crash.length, interleave: 0 })
  assert.deepEqual(failures, [])
  for (const step of [
    'outside/PlaceOrder/o-1#1',
    'relay:hurried.orders/OrderPlaced/o-1#1',
    'saga:Holding/OrderPlaced/o-1#1',
    'shelves/HoldShelf/o-1#1',
  ]) {
    assert.ok(steps.crash.includes(step), `${step} is not in ${steps.crash}`)
  }
  const one = await eventwright([...HURRIED, '--adversity', 'crash:shelves/HoldShelf/o-1#1', '--json'])
  assert.deepEqual(JSON.parse(one.stdout).scenarios[0].adversity.steps.crash, ['shelves/HoldShelf/o-1#1'])
})

test('in a store and a broker that are kept each run has a tenant of its own', async (t) => {
  const cwd = folderWith(t, { 'tiny.yaml': tinyFlow() })
  const args = ['run', 'tiny.yaml', '--adversity', '--store', 'sqlite:a.db', '--broker', 'sqlite:b.db']
  for (const _run of [1, 2]) {
    const { code, stdout } = await eventwright(args, { cwd })
    assert.equal(code, 0, stdout)
    assert.match(stdout, /✓ it is made .* ms, also under 1 duplicate, 1 late duplicate, 2 crashes\n/)
  }
})

test('what is no perturbation, no step and no seed is a wrong use, exit 3', async () => {
  for (const [args, says] of [
    [
      ['--adversity', 'earthquake'],
      /"earthquake" is no perturbation\. There are: twice, late and crash, .* interleave/,
    ],
    [['--adversity', 'crash:'], /"crash:" is no perturbation/],
    [['--adversity', 'twice:a/B/c#1,'], /"twice:a\/B\/c#1," is no perturbation/],
    [['--adversity', 'interleave:x'], /"interleave:x" is no perturbation/],
    [['--adversity', 'twice:nowhere/Nothing/o-1#1'], /No scenario came to the step nowhere\/Nothing\/o-1#1/],
    [['--adversity', '--seed', 'x'], /--seed x: no such seed/],
    [['--seed', '3'], /--seed goes with --adversity or --load/],
    [['--adversity', '--load', '5/s'], /--adversity does not go with --load/],
  ] as const) {
    const { code, stderr } = await eventwright([...HURRIED, ...args])
    assert.match(stderr, says)
    assert.equal(code, 3)
  }
})
