import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { folderWith, MAIN, eventwright as ownProcess, tinyFlow, WORKED_EXAMPLE } from './fixtures/command.ts'
import { eventwright } from './fixtures/one-process.ts'

const SCRIPTS = join(WORKED_EXAMPLE, '../../scripts')

test('from nothing: the flow that is written has no finding, its scenarios hold, its events are valid', async (t) => {
  const cwd = folderWith(t)
  const { code, stdout, stderr } = await eventwright(['scaffold', 'order-lines'], { cwd })
  assert.equal(stderr, '')
  assert.match(stdout, /^order-lines in order-lines, \d+ files\n\nNext:\n {2}cd order-lines\n/)
  assert.match(stdout, /Scaffolded in \d+\.\d\d s\.\n$/)
  assert.equal(code, 0)
  const service = { cwd: join(cwd, 'order-lines') }
  const flow = 'order-lines.flow.yaml'
  const checked = await eventwright(['check', flow], service)
  const ran = await eventwright(['run', flow], service)
  const validated = await eventwright(['validate', '--flow', flow, 'events'], service)
  assert.match(checked.stdout, /^Scenarios touch 100 %/)
  assert.equal(checked.code, 0)
  assert.match(ran.stdout, /4 passed, 0 failed/)
  assert.match(validated.stdout, /3 events in 3 files: none bad/)
})

test('all services of a flow, one of them, and one that is not there', async (t) => {
  const cwd = folderWith(t)
  const all = await eventwright(
    ['scaffold', 'shop', '--from', WORKED_EXAMPLE, '--into', "it's here", '--json'],
    {
      cwd,
    },
  )
  const { milliseconds, services } = JSON.parse(all.stdout)
  assert.equal(services.length, 5)
  assert.equal(typeof milliseconds, 'number')
  assert.deepEqual(readdirSync(join(cwd, "it's here")), ['shop'])
  assert.deepEqual(readdirSync(join(cwd, "it's here/shop")).sort(), [
    'fraud',
    'inventory',
    'orders',
    'payments',
    'shipping',
  ])
  const manifest = JSON.parse(readFileSync(join(cwd, "it's here/shop/fraud/package.json"), 'utf8'))
  assert.equal(manifest.name, 'shop-fraud')
  const flow = ['--from', WORKED_EXAMPLE]
  const one = await eventwright(['scaffold', 'pay', ...flow, '--service', 'payments'], { cwd })
  assert.equal(one.code, 0)
  assert.ok(existsSync(join(cwd, 'pay/src/domain/payment.ts')))
  const none = await eventwright(['scaffold', 'ship', ...flow, '--service', 'shiping'], { cwd })
  assert.equal(none.code, 3)
  assert.match(none.stderr, /has no service `shiping`\. Did you mean `shipping`\?/)
  assert.ok(!existsSync(join(cwd, 'ship')))
})

test('the five services of the worked flow take less than two seconds', async (t) => {
  const cwd = folderWith(t)
  const times: number[] = []
  let limit = 2
  for (const name of ['one', 'two', 'three']) {
    const { stdout } = await ownProcess(['scaffold', name, '--from', WORKED_EXAMPLE], { cwd })
    times.push(Number(/Scaffolded in ([\d.]+) s\./.exec(stdout)?.[1]))
    // On a machine with other things to do it gets its share of the processors, and not more.
    limit = 2 * Math.max(1, (loadavg()[0] ?? 0) / availableParallelism())
    if (Math.min(...times) < limit) break
  }
  assert.ok(Math.min(...times) < limit, `${times.join(' s, ')} s, and the limit is ${limit} s`)
})

test('bad use is told with what would do, exit 3, and nothing is written', async (t) => {
  const cwd = folderWith(t, { 'shop.yaml': tinyFlow() })
  mkdirSync(join(cwd, 'full'))
  writeFileSync(join(cwd, 'full/mine'), 'mine')
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /scaffold needs a name/],
    [['../up'], /"\.\.\/up" is no name for a service.* Try "up"\. .*--into/],
    [['con'], /Try "con-service"/],
    [['x'.repeat(300)], /at most 60/],
    [['größe'], /Try "grosse"/],
    [['full'], /full is not empty/],
    [['a', '--service', 'workshop'], /name the flow too/],
    [['a', '--yes'], /--yes belongs to --update/],
    [['a', '--core', './nowhere'], /--core \.\/nowhere: there is no such file or folder/],
    [['a', '--core', 'shop.yaml'], /--core shop\.yaml: that file is no tarball/],
    [['a', '--core', 'full'], /does not hold @eventwright\/core/],
    [['--update', 'full'], /is no scaffolded service/],
    [['--update', 'full', '--core', '1.0.0'], /--core belongs to a new service/],
  ]
  for (const [args, message] of cases) {
    const { code, stdout, stderr } = await eventwright(['scaffold', ...args], { cwd })
    assert.match(stderr, message)
    assert.equal(stdout, '')
    assert.equal(code, 3, stderr)
  }
  assert.deepEqual(readdirSync(cwd).sort(), ['full', 'shop.yaml'])
  assert.deepEqual(readdirSync(join(cwd, 'full')), ['mine'])
})

test('a flow with errors, a broken one and one that is not there make no service', async (t) => {
  const cwd = folderWith(t, {
    'wrong.yaml': tinyFlow('emit: Maid'),
    'broken.yaml': 'eventwright: 1\nname: [',
  })
  const wrong = await eventwright(['scaffold', 'a', '--from', 'wrong.yaml'], { cwd })
  assert.match(wrong.stderr, /^wrong\.yaml:\d+:\d+ .* unknown-event[\s\S]*nothing was written/m)
  assert.equal(wrong.code, 1)
  const broken = await eventwright(['scaffold', 'a', '--from', 'broken.yaml'], { cwd })
  assert.match(broken.stderr, /broken\.yaml:\d+:\d+ /)
  assert.equal(broken.code, 2)
  const missing = await eventwright(['scaffold', 'a', '--from', 'missing.yaml'], { cwd })
  assert.match(missing.stderr, /There is no file missing\.yaml/)
  assert.equal(missing.code, 4)
  assert.deepEqual(readdirSync(cwd).sort(), ['broken.yaml', 'wrong.yaml'])
})

test('a dry run names every file and whose it is, and writes none', async (t) => {
  const cwd = folderWith(t)
  const { stdout, code } = await eventwright(['scaffold', 'orders', '--dry-run'], { cwd })
  assert.equal(code, 0)
  assert.match(stdout, /^yours {5}orders\/src\/main\.ts$/m)
  assert.match(stdout, /^generated orders\/src\/generated\/api\.ts$/m)
  assert.match(stdout, /Nothing was written/)
  assert.deepEqual(readdirSync(cwd), [])
})

test('an update regenerates what is generated, adds what is new, and leaves the rest', async (t) => {
  const cwd = folderWith(t, { 'tiny.yaml': tinyFlow() })
  const service = join(cwd, 'w')
  await eventwright(['scaffold', 'w', '--from', 'tiny.yaml', '--service', 'workshop'], { cwd })
  const inStep = await eventwright(['scaffold', '--update', 'w'], { cwd })
  assert.equal(inStep.stdout, 'workshop is in step with its flow.\n')

  appendFileSync(join(service, 'src/domain/thing.ts'), '// mine\n')
  rmSync(join(service, 'Dockerfile'))
  writeFileSync(join(cwd, 'tiny.yaml'), withAnother(tinyFlow()))
  const dry = await eventwright(['scaffold', '--update', '--dry-run'], { cwd: service })
  assert.match(dry.stdout, /^\+ {6}type: 'MakeTool',$/m)
  assert.ok(!existsSync(join(service, 'src/domain/tool.ts')))
  const { stdout, code } = await eventwright(['scaffold', '--update'], { cwd: service })
  assert.equal(code, 0)
  assert.match(stdout, /^new, and yours from now on: src\/domain\/tool\.ts$/m)
  assert.match(stdout, /^new, generated: events\/ToolMade\.json$/m)
  assert.match(readFileSync(join(service, 'src/domain/thing.ts'), 'utf8'), /\/\/ mine\n$/)
  assert.ok(existsSync(join(service, 'src/domain/tool.ts')))
  assert.ok(!existsSync(join(service, 'Dockerfile')), 'what was taken away stays away')
  const again = await eventwright(['scaffold', '--update', 'w'], { cwd })
  assert.equal(again.stdout, 'workshop is in step with its flow.\n')

  writeFileSync(join(cwd, 'tiny.yaml'), tinyFlow())
  const back = await eventwright(['scaffold', '--update', 'w'], { cwd })
  assert.match(back.stdout, /^goes: events\/ToolMade\.json$/m)
  assert.ok(!existsSync(join(service, 'events/ToolMade.json')))
  assert.ok(existsSync(join(service, 'src/domain/tool.ts')), 'what is yours does not go')
})

test('a generated file that was changed by hand is replaced only with a yes', async (t) => {
  const cwd = folderWith(t, { 'tiny.yaml': tinyFlow() })
  await eventwright(['scaffold', 'w', '--from', 'tiny.yaml', '--service', 'workshop'], { cwd })
  const api = join(cwd, 'w/src/generated/api.ts')
  const before = readFileSync(api, 'utf8')
  writeFileSync(api, `${before}// by hand\n`)
  const refused = await eventwright(['scaffold', '--update', 'w'], { cwd })
  assert.equal(refused.code, 1)
  assert.match(refused.stdout, /^-\/\/ by hand$/m)
  assert.match(refused.stderr, /changed by hand, and not replaced: src\/generated\/api\.ts/)
  assert.match(readFileSync(api, 'utf8'), /by hand/)
  const replaced = await eventwright(['scaffold', '--update', 'w', '--yes', '--json'], { cwd })
  assert.equal(replaced.code, 0)
  assert.equal(JSON.parse(replaced.stdout).changed[0].editedByHand, true)
  assert.equal(readFileSync(api, 'utf8'), before)
  // Line ends as Git for Windows makes them are no change.
  writeFileSync(api, before.replaceAll('\n', '\r\n'))
  assert.match((await eventwright(['scaffold', '--update', 'w'], { cwd })).stdout, /is in step/)
})

test('a yes on the terminal replaces what was changed by hand, a no does not', {
  skip: process.platform !== 'linux' || spawnSync('script', ['--version']).status !== 0,
}, async (t) => {
  const cwd = folderWith(t, { 'tiny.yaml': tinyFlow() })
  await eventwright(['scaffold', 'w', '--from', 'tiny.yaml', '--service', 'workshop'], { cwd })
  const api = join(cwd, 'w/src/generated/api.ts')
  const before = readFileSync(api, 'utf8')
  appendFileSync(api, '// by hand\n')
  const command = `stty cols 200; exec "${process.execPath}" --conditions=@eventwright/source "${MAIN}" scaffold --update w`
  for (const [answer, status] of [
    ['n', 1],
    ['y', 0],
  ] as const) {
    const ended = spawnSync('script', ['-qec', command, '/dev/null'], {
      cwd,
      encoding: 'utf8',
      input: answer,
      timeout: 180_000,
    })
    assert.match(ended.stdout, /Replace what was changed by hand in src\/generated\/api\.ts\?/)
    assert.equal(ended.status, status, ended.stdout)
    assert.equal(readFileSync(api, 'utf8') === before, answer === 'y')
  }
})

test('a record that names a file outside the service takes nothing away there', async (t) => {
  const cwd = folderWith(t, { 'tiny.yaml': tinyFlow(), mine: 'mine' })
  await eventwright(['scaffold', 'w', '--from', 'tiny.yaml', '--service', 'workshop'], { cwd })
  const file = join(cwd, 'w/.eventwright/scaffold.json')
  const record = JSON.parse(readFileSync(file, 'utf8'))
  for (const path of ['../mine', 'src/../../mine', join(cwd, 'mine')]) {
    writeFileSync(file, JSON.stringify({ ...record, generated: { ...record.generated, [path]: 'x' } }))
    const { code, stderr } = await eventwright(['scaffold', '--update', 'w', '--yes'], { cwd })
    assert.equal(code, 3, stderr)
    assert.match(stderr, /scaffold\.json is broken/)
  }
  assert.ok(existsSync(join(cwd, 'mine')))
})

test('an update whose flow has moved or is wrong changes nothing, and --from says where it is', async (t) => {
  const cwd = folderWith(t, { 'tiny.yaml': tinyFlow(), 'wrong.yaml': tinyFlow('emit: Maid') })
  await eventwright(['scaffold', 'w', '--from', 'tiny.yaml', '--service', 'workshop'], { cwd })
  cpSync(join(cwd, 'tiny.yaml'), join(cwd, 'moved.yaml'))
  rmSync(join(cwd, 'tiny.yaml'))
  const gone = await eventwright(['scaffold', '--update', 'w'], { cwd })
  assert.equal(gone.code, 4)
  assert.match(gone.stderr, /There is no file w\/\.\.\/tiny\.yaml|There is no file tiny\.yaml/)
  const wrong = await eventwright(['scaffold', '--update', 'w', '--from', 'wrong.yaml'], { cwd })
  assert.equal(wrong.code, 1)
  const moved = await eventwright(['scaffold', '--update', 'w', '--from', 'moved.yaml'], { cwd })
  assert.equal(moved.code, 0)
  const after = await eventwright(['scaffold', '--update', 'w'], { cwd })
  assert.match(after.stdout, /is in step/)
})

test('the library comes by path where it is asked for, and the command from beside it', async (t) => {
  const cwd = folderWith(t, { 'eventwright-core-0.1.0.tgz': '', 'eventwright-0.1.0.tgz': '' })
  await eventwright(['scaffold', 'a', '--core', 'eventwright-core-0.1.0.tgz'], { cwd })
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(cwd, 'a/package.json'), 'utf8'))
  assert.equal(dependencies['@eventwright/core'], 'file:../eventwright-core-0.1.0.tgz')
  assert.equal(devDependencies.eventwright, 'file:../eventwright-0.1.0.tgz')
  const folder = join(import.meta.dirname, '../../../core')
  await eventwright(['scaffold', 'b', '--core', folder], { cwd })
  const byFolder = JSON.parse(readFileSync(join(cwd, 'b/package.json'), 'utf8'))
  assert.match(byFolder.dependencies['@eventwright/core'], /^file:.*packages\/core$/)
  assert.match(byFolder.devDependencies.eventwright, /^file:.*packages\/eventwright$/)
})

test('the script of the skill scaffolds in any folder, and hands on what it is told', {
  skip: process.platform === 'win32',
}, (t) => {
  const cwd = folderWith(t, {
    eventwright: `#!/bin/sh\nexec "${process.execPath}" --conditions=@eventwright/source "${MAIN}" "$@"\n`,
  })
  chmodSync(join(cwd, 'eventwright'), 0o755)
  const strange = join(cwd, `it's "so" here`)
  mkdirSync(strange)
  const script = (...args: string[]) =>
    spawnSync('bash', [join(SCRIPTS, 'scaffold-eda.sh'), ...args], {
      cwd: strange,
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '', PATH: `${cwd}:${process.env.PATH}` },
    })
  const made = script('shop', '--from', WORKED_EXAMPLE, '--into', 'the "services"')
  assert.equal(made.status, 0, made.stderr)
  assert.ok(existsSync(join(strange, 'the "services"/shop/orders/src/main.ts')))
  assert.equal(script('../x').status, 3)
  assert.equal(script('--help').status, 0)
  assert.match(script('--help').stdout, /^Usage: scaffold-eda\.sh NAME/)
  const bare = script()
  assert.equal(bare.status, 3)
  assert.match(bare.stderr, /^Usage:/)
})

function withAnother(flow: string): string {
  return flow.replace(
    'scenarios:\n',
    `      Tool:
        id: { toolId: { schema: { type: string, minLength: 1 }, example: x-1 } }
        final: [ready]
        commands: { MakeTool: { by: user, in: none, emit: ToolMade } }
        events: { ToolMade: { to: ready, public: true } }
scenarios:
`,
  )
}
