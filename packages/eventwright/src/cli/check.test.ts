import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { folderWith, tinyFlow, WORKED_EXAMPLE } from './fixtures/command.ts'
import { eventwright } from './fixtures/one-process.ts'

/** One finding, and it is no broken file: nobody listens to the event. */
const UNHEARD = tinyFlow()
  .replace('{ to: made, public: true }', '{ public: false }')
  .replace('final: [made]', 'final: []')

test('a flow without a finding: only the coverage is printed, exit 0', async () => {
  const { code, stdout, stderr } = await eventwright(['check', WORKED_EXAMPLE])
  assert.match(
    stdout,
    /^Scenarios touch \d+ %: transitions \d+\/\d+, refusals 4\/4, compensations 2\/2, time-outs 1\/1\.\n/,
  )
  assert.equal(stderr, '')
  assert.equal(code, 0)
})

test('findings come with place, code, source line, reason and mend, exit 1', async (t) => {
  const cwd = folderWith(t, { 'tiny.yaml': UNHEARD })
  const { code, stdout, stderr } = await eventwright(['check', 'tiny.yaml'], { cwd })
  assert.match(
    stdout,
    /^tiny\.yaml:\d+:\d+ \w+ [a-z-]+\n {2}.*\n +\d+ \| .*\n +\| +\^+\n {2}why: .*\n {2}mend: /m,
  )
  assert.equal(stderr, '')
  assert.equal(code, 1)
})

test('each format is what its readers take, and has no coverage in it', async (t) => {
  const cwd = folderWith(t, { 'tiny.yaml': UNHEARD })
  const inFormat = async (format: string) => {
    const { code, stdout } = await eventwright(['check', 'tiny.yaml', '--format', format], { cwd })
    assert.equal(code, 1)
    assert.doesNotMatch(stdout, /Scenarios touch/)
    return stdout
  }
  const { findings } = JSON.parse(await inFormat('json'))
  assert.ok(findings.length > 0)
  const [first] = findings
  const lines = (await inFormat('ndjson')).trimEnd().split('\n')
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)),
    findings,
  )
  const sarif = JSON.parse(await inFormat('sarif'))
  assert.equal(sarif.version, '2.1.0')
  assert.equal(sarif.runs[0].results.length, findings.length)
  assert.equal(sarif.runs[0].results[0].ruleId, first.code)
  for (const line of (await inFormat('github')).trimEnd().split('\n'))
    assert.match(line, /^::(error|warning|notice) file=tiny\.yaml,line=\d+,/)
  assert.match(await inFormat('junit'), /^<\?xml [\s\S]*<testsuites?[\s\S]*<\/testsuites?>\n$/)
  const gitlab = JSON.parse(await inFormat('gitlab'))
  assert.equal(gitlab.length, findings.length)
  assert.equal(gitlab[0].location.path, 'tiny.yaml')
})

const OTHER = `eventwright: 1
name: other
services:
  audit:
    aggregates:
      Entry:
        id: { entryId: { schema: { type: string }, example: e-1 } }
        final: [written]
        commands: { Write: { by: auditor, in: none, emit: Writen } }
        events: { Written: { to: written, public: true } }
`

test('several files are one flow, and each finding names its own file', async (t) => {
  const cwd = folderWith(t, {
    'tiny.yaml': tinyFlow(),
    'audit.yaml': OTHER,
    'all.yaml': tinyFlow().replace('services:', 'import: [audit.yaml]\nservices:'),
  })
  for (const files of [['tiny.yaml', 'audit.yaml'], ['all.yaml']]) {
    const { code, stdout } = await eventwright(['check', ...files], { cwd })
    assert.match(stdout, /^audit\.yaml:9:\d+ error unknown-event\n.*Writen/m)
    assert.equal(code, 1)
  }
})

test('run and check keep the schema for editors beside the flow that asks for it, and only there', async (t) => {
  const asks = `# yaml-language-server: $schema=./.eventwright/flow.schema.json\n${tinyFlow()}`
  const cwd = folderWith(t, { 'tiny.yaml': tinyFlow(), 'asks.yaml': asks })
  const schema = join(cwd, '.eventwright/flow.schema.json')
  for (const command of ['run', 'check']) {
    await eventwright([command, 'tiny.yaml'], { cwd })
    assert.equal(existsSync(schema), false)
  }
  assert.equal((await eventwright(['run', 'asks.yaml'], { cwd })).code, 0)
  const written = readFileSync(schema, 'utf8')
  assert.match(written, /"Made"/)
  assert.equal((await eventwright(['check', 'asks.yaml'], { cwd })).code, 0)
  assert.equal(readFileSync(schema, 'utf8'), written)
})

test('a schema that cannot be written is told, and stops nothing', async (t) => {
  const asks = `# yaml-language-server: $schema=./.eventwright/flow.schema.json\n${tinyFlow()}`
  const cwd = folderWith(t, { 'asks.yaml': asks, '.eventwright': 'a file where the folder should be' })
  const { code, stdout, stderr } = await eventwright(['check', 'asks.yaml'], { cwd })
  assert.match(stderr, /^The schema for editors was not written: /)
  assert.match(stdout, /^Scenarios touch 100 %/)
  assert.equal(code, 0)
})
