import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { folderWith, WORKED_EXAMPLE } from './fixtures/command.ts'
import { eventwright } from './fixtures/one-process.ts'

const GOOD = 'eventwright-topics: 1\ntopics: { a: { replication: 1 } }\n'
const COMPACTED = 'eventwright-topics: 1\ntopics:\n  a:\n    replication: 1\n    cleanup: compact\n'

test('lint ends with 0 where all is good, 1 with findings, 2 where the file cannot be understood', async (t) => {
  const cwd = folderWith(t, { 'good.yaml': GOOD, 'compacted.yaml': COMPACTED, 'broken.yaml': 'topics: [' })
  const good = await eventwright(['topics', 'lint', 'good.yaml'], { cwd })
  assert.deepEqual([good.code, good.stdout, good.stderr], [0, '', ''])
  const found = await eventwright(['topics', 'lint', 'compacted.yaml'], { cwd })
  assert.equal(found.code, 1)
  assert.match(
    found.stdout,
    /^compacted\.yaml:5:14 error events-compacted\n[\s\S]* {4}5 \| {5}cleanup: compact/,
  )
  const broken = await eventwright(['topics', 'lint', 'broken.yaml', '--format', 'json'], { cwd })
  assert.equal(broken.code, 2)
  assert.equal(JSON.parse(broken.stdout).findings[0].code, 'yaml-syntax')
})

test('the worked flow is good as topics, without a file of them', async () => {
  const { code, stdout, stderr } = await eventwright(['topics', 'lint', '--flow', WORKED_EXAMPLE])
  assert.deepEqual([code, stdout, stderr], [0, '', ''])
})

test('what is missing or not clear is a wrong use, exit 3; a flow with errors is exit 2', async (t) => {
  const several = `${GOOD}environments: { dev: { brokers: 1 }, production: { brokers: 1 } }\n`
  const files = { 'good.yaml': GOOD, 'several.yaml': several, 'flow.yaml': 'eventwright: 1\n' }
  const cwd = folderWith(t, files)
  for (const [args, says, exit] of [
    [['lint'], /Name a topic file, or flow files with --flow/, 3],
    [['plan', 'good.yaml'], /No broker is named/, 3],
    [['plan', 'several.yaml', '--brokers', 'localhost:1'], /dev, production\. Name one with --env/, 3],
    [['lint', 'several.yaml', '--env', 'prod'], /no environment prod/, 3],
    [['lint', 'none.yaml'], /There is no file none\.yaml/, 4],
    [['lint', '--flow', 'flow.yaml'], /eventwright check flow\.yaml/, 2],
  ] as const) {
    const { code, stdout, stderr } = await eventwright(['topics', ...args], { cwd })
    assert.match(stderr, says)
    assert.deepEqual([code, stdout], [exit, ''])
  }
})

test('a file that is none of topics is one finding, which says what it is', async (t) => {
  const cwd = folderWith(t, { 'package.json': '{ "name": "a", "version": "1" }', 'notes.txt': 'hello' })
  for (const [file, mend] of [
    ['package.json', /Write `eventwright-topics: 1`/],
    ['notes.txt', /Write `eventwright-topics: 1`/],
    [WORKED_EXAMPLE, /It is a flow: name it with `--flow`/],
  ] as const) {
    const { code, stdout } = await eventwright(['topics', 'lint', file, '--format', 'json'], { cwd })
    const { findings } = JSON.parse(stdout)
    assert.equal(code, 2)
    assert.deepEqual(
      findings.map((finding: { code: string }) => finding.code),
      ['unsupported-version'],
    )
    assert.match(findings[0].mend, mend)
  }
})

test('a broker that is not there, or says nothing, is exit 4 within seconds', async (t) => {
  const cwd = folderWith(t, { 'good.yaml': GOOD })
  const silent = createServer(() => {})
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  t.after(() => silent.close())
  const address = silent.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  for (const broker of ['127.0.0.1:1', `127.0.0.1:${port}`]) {
    const began = Date.now()
    const { code, stderr } = await eventwright(['topics', 'plan', 'good.yaml', '--brokers', broker], { cwd })
    assert.equal(code, 4, stderr)
    assert.match(stderr, /cannot be reached|no answer/)
    assert.ok(stderr.includes(broker))
    assert.ok(Date.now() - began < 60_000)
  }
})
