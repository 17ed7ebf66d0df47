import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { type TestContext, test } from 'node:test'
import {
  ended,
  eventwright as eventwrightAlone,
  folderWith,
  MAIN,
  start,
  tinyFlow,
  WORKED_EXAMPLE,
} from './fixtures/command.ts'
import { eventwright } from './fixtures/one-process.ts'

const event = (rest: object = {}) =>
  JSON.stringify({
    specversion: '1.0',
    id: '1',
    source: '/s',
    type: 'com.example.tiny.Made.v1',
    data: { thingId: 't' },
    ...rest,
  })
const WRONG = event({ data: { thingId: 1 } })
const ASYNC_3 = `asyncapi: 3.0.0
id: urn:example:tiny
info: { title: tiny, version: '1' }
channels: { things: { messages: { made: { $ref: '#/components/messages/made' } } } }
components:
  schemas: { Thing: { type: object, required: [thingId], properties: { thingId: { $ref: './id.json' } } } }
  messages: { made: { name: com.example.tiny.Made, payload: { $ref: '#/components/schemas/Thing' } } }
`
const ASYNC_2 = `asyncapi: 2.6.0
info: { title: tiny, version: '1' }
channels:
  things:
    publish:
      message:
        oneOf: [{ name: Made.v1, contentType: application/cloudevents+json, payload: { properties: { data: { properties: { thingId: { type: string } } } } } }]
`
const FILES = {
  'good.ndjson': `${event()}\n${event()}\n`,
  'wrong.ndjson': `${event()}\n${WRONG}\n`,
  'tiny.flow.yaml': tinyFlow(),
  'catalog.yaml':
    'namespace: com.example.tiny\nevents: { Made: { properties: { thingId: { $ref: id.json } } } }\n',
  'id.json': '{"type":"string"}',
  'three.yaml': ASYNC_3,
  'two.yaml': ASYNC_2,
}

function place(test: TestContext): string {
  const cwd = folderWith(test, FILES)
  mkdirSync(join(cwd, 'schemas'))
  writeFileSync(join(cwd, 'schemas/Made.v1.json'), '{"properties":{"thingId":{"type":"string"}}}')
  return cwd
}

for (const [source, file] of [
  ['--schemas', 'schemas'],
  ['--catalog', 'catalog.yaml'],
  ['--flow', 'tiny.flow.yaml'],
  ['--asyncapi', 'three.yaml'],
  ['--asyncapi', 'two.yaml'],
] as const) {
  test(`payloads are held to the schemas of ${source} ${file}`, async (t) => {
    const cwd = place(t)
    const good = await eventwright(['validate', 'good.ndjson', source, file], { cwd })
    assert.deepEqual([good.code, good.stderr], [0, ''], good.stdout)
    assert.match(
      good.stdout,
      /^type +events +bad\ncom\.example\.tiny\.Made\.v1 +2 +0\n2 events in 1 file: none bad\.\n$/,
    )
    const wrong = await eventwright(['validate', 'wrong.ndjson', source, file], { cwd })
    const column = WRONG.indexOf('1}') + 1
    assert.match(
      wrong.stdout,
      new RegExp(
        `^wrong\\.ndjson:2:${column} error payload-invalid\\n  /data/thingId must be a string\\.\\n`,
      ),
    )
    assert.match(wrong.stdout, /why: .*\n {2}mend: .*\n\ntype[\s\S]*2 events in 1 file: 1 bad\.\n$/)
    assert.equal(wrong.code, 1)
  })
}

test("an older version is checked as what the flow's upcasts make of it", async (t) => {
  const placed = (version: number, data: object) =>
    event({
      type: `com.example.shop.OrderPlaced.v${version}`,
      data: { orderId: 'o', lines: [{ sku: 'm', quantity: 1 }], total: 4, ...data },
    })
  const lines = [
    placed(1, { buyer: 'c' }),
    placed(1, {}),
    placed(2, { buyer: 'c' }),
    placed(2, { customerId: 'c' }),
    placed(3, {}),
  ]
  const cwd = folderWith(t, { 'e.ndjson': lines.join('\n') })
  const { stdout } = await eventwright(
    ['validate', 'e.ndjson', '--flow', WORKED_EXAMPLE, '--format', 'ndjson'],
    { cwd },
  )
  const findings = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual(
    findings.map(({ line, code, pointer }) => [line, code, pointer]),
    [
      [2, 'payload-invalid', '/data'],
      [3, 'payload-invalid', '/data'],
      [3, 'payload-invalid', '/data/buyer'],
      [5, 'unknown-version', '/type'],
    ],
  )
  assert.match(findings[0].message, /^\/data could not be brought from version 1 to 2: [^\n]*[^.]\.$/)
})

test('without schemas only envelopes are checked, and that is said', async (t) => {
  const { code, stderr } = await eventwrightAlone(['validate', 'wrong.ndjson'], { cwd: place(t) })
  assert.deepEqual([code, stderr], [0, 'eventwright: No schemas are named: only envelopes are checked.\n'])
})

test('what is broken in schemas ends with exit 2 and its place, before any event is read', async (t) => {
  const cwd = place(t)
  const cases: readonly (readonly [string, string, string, RegExp])[] = [
    ['--catalog', 'c.yaml', 'events:\n  Made: { type: nothing }\n', /c\.yaml:2:11 broken catalog-broken/],
    ['--catalog', 'c.yaml', 'evnts: {}\n', /c\.yaml:1:1 broken catalog-broken/],
    [
      '--catalog',
      'c.yaml',
      'events:\n  Made: { $ref: gone.json }\n',
      /c\.yaml:2:11 broken[\s\S]*There is no gone\.json/,
    ],
    ['--catalog', 'c.yaml', 'events: [\n', /c\.yaml:2:1 broken[\s\S]*neither JSON nor YAML/],
    ['--asyncapi', 'a.yaml', 'asyncapi: 1.0.0\n', /a\.yaml:1:1 broken[\s\S]*AsyncAPI 1\.0\.0/],
    [
      '--asyncapi',
      'a.yaml',
      'asyncapi: 3.0.0\ncomponents: { messages: { m: { payload: { schemaFormat: application/vnd.apache.avro, schema: {} } } } }\n',
      /a\.yaml:2:\d+ broken[\s\S]*avro/,
    ],
    ['--flow', 'f.yaml', 'eventwright: 1\nname: [', /f\.yaml:\d+:\d+ broken yaml-syntax/],
  ]
  for (const [option, name, text, says] of cases) {
    writeFileSync(join(cwd, name), text)
    const { code, stdout } = await eventwright(['validate', 'wrong.ndjson', option, name], { cwd })
    assert.match(stdout, says)
    assert.equal(code, 2)
  }
  writeFileSync(join(cwd, 'schemas/Made.v2.json'), '{"$ref":"#/$defs/gone"}')
  writeFileSync(join(cwd, 'v2.ndjson'), event({ type: 'a.Made.v2' }))
  const late = await eventwright(['validate', 'v2.ndjson', '--schemas', 'schemas'], { cwd })
  assert.match(
    late.stdout,
    /^schemas\/Made\.v2\.json:1:1 broken catalog-broken\n.*Made\.v2\.json cannot be used: can't resolve reference/,
  )
  assert.equal(late.code, 2)
  const twice = await eventwright(
    ['validate', 'good.ndjson', '--flow', 'tiny.flow.yaml', '--catalog', 'c2.yaml'],
    { cwd },
  )
  assert.equal(twice.code, 4, 'a catalog that is not there')
})

test('a schema that shows as broken only when it is used is a finding with its place, in every format', async (t) => {
  const cwd = place(t)
  const cases: readonly (readonly [string, RegExp, RegExp])[] = [
    ['{"$ref":"#"}', /refers to itself without end/, /^Mend it/],
    ['{"$ref":"https://example.com/x.json"}', /can't resolve/, /^Nothing is fetched/],
    ['{"properties":{"thingId":{"pattern":"(open"}}}', /Unterminated group/, /^Mend it/],
    ['{"$defs":{"a":{"$anchor":"q"},"b":{"$anchor":"q"}}}', /more than one schema/, /^Mend it/],
    ['[]', /no JSON Schema .*object or a boolean/, /^Mend/],
    ['{"a":"\0"}', /no text in UTF-8|not text in UTF-8/, /UTF-8/],
    ['{"$ref":"%zz.json"}', /There is no %zz\.json/, /\$ref/],
    ['{"$ref":"../schemas/"}', /There is no \.\.\/schemas\//, /\$ref/],
  ]
  for (const [schema, message, mend] of cases) {
    writeFileSync(join(cwd, 'schemas/Made.v1.json'), schema)
    const end = await eventwright(['validate', 'good.ndjson', '--schemas', 'schemas', '--format', 'json'], {
      cwd,
    })
    const [finding] = JSON.parse(end.stdout).findings
    assert.match(finding.message, message)
    assert.match(finding.mend, mend)
    assert.deepEqual([finding.file, finding.line, end.code], ['schemas/Made.v1.json', 1, 2], schema)
  }
  const bomb =
    'a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c]\n'
  writeFileSync(join(cwd, 'bomb.yaml'), bomb)
  const { code, stdout } = await eventwright(['validate', 'good.ndjson', '--catalog', 'bomb.yaml'], { cwd })
  assert.match(stdout, /^bomb\.yaml:1:1 broken catalog-broken\n.*aliases multiply/)
  assert.equal(code, 2)
})

test('the traits of an AsyncAPI file say what its messages do not, and a payload behind references is a whole event', async (t) => {
  const message = (version: string, own: string, payload: string) => `asyncapi: ${version}
channels: { c: { messages: { Made: { $ref: '#/components/messages/Made' } } } }
components:
  messageTraits: { ce: { name: com.example.tiny.Made, contentType: application/cloudevents+json } }
  messages: { Made: { ${own} traits: [{ $ref: '#/components/messageTraits/ce' }], payload: ${payload} } }
  schemas:
    Whole: { allOf: [{ $ref: '#/components/schemas/Envelope' }, { required: [tenantid] }] }
    Envelope: { properties: { specversion: { const: '1.0' } } }
`
  const cwd = place(t)
  const check = async (text: string): Promise<string> => {
    writeFileSync(join(cwd, 'api.yaml'), text)
    return (await eventwright(['validate', 'good.ndjson', '--asyncapi', 'api.yaml', '--fast'], { cwd }))
      .stdout
  }
  const inline = '{ required: [tenantid] }'
  for (const version of ['2.6.0', '3.1.0'])
    assert.match(await check(message(version, '', inline)), /^ {2}\/tenantid is/m)
  const plain = 'contentType: application/json,'
  assert.match(
    await check(message('2.6.0', plain, inline)),
    /^ {2}\/tenantid is missing/m,
    'the trait counts',
  )
  assert.match(
    await check(message('3.1.0', plain, inline)),
    /^ {2}\/data\/tenantid is missing/m,
    'the message counts',
  )
  const behind = "{ $ref: '#/components/schemas/Whole' }"
  assert.match(await check(message('3.1.0', plain, behind)), /^ {2}\/tenantid is missing/m)
})

test('links, node_modules and names for one file', async (t) => {
  const cwd = folderWith(t, { 'e.json': event() })
  mkdirSync(join(cwd, 'd/node_modules'), { recursive: true })
  mkdirSync(join(cwd, 'd/sub'))
  writeFileSync(join(cwd, 'd/e.json'), event())
  writeFileSync(join(cwd, 'd/node_modules/w.json'), '{}')
  symlinkSync('..', join(cwd, 'd/up'))
  symlinkSync('../e.json', join(cwd, 'd/link.json'))
  const run = (...args: string[]) => eventwright(['validate', '--envelope', 'none', ...args], { cwd })
  assert.match((await run('d')).stdout, /2 events in 2 files: none bad/)
  assert.match((await run('e.json', './e.json', join(cwd, 'e.json'))).stdout, /1 event in 1 file: none bad/)
  assert.match((await run('d/**/*.json')).stdout, /2 events in 2 files/)
  assert.match((await run('d/node_modules/*.json')).stdout, /1 event in 1 file: 1 bad/)
  assert.match((await run('d/su*')).stderr, /No file matches d\/su\*\. Only folders do/)
  assert.match((await run('')).stderr, /An empty name/)
  symlinkSync('nowhere', join(cwd, 'd/gone'))
  assert.equal((await run('d')).code, 0, 'that is not named like events')
  symlinkSync('nowhere', join(cwd, 'd/gone.ndjson'))
  for (const named of ['d', 'd/*']) {
    const { code, stderr } = await run(named)
    assert.match(stderr, /d\/gone\.ndjson is a link that leads nowhere/)
    assert.equal(code, 4)
  }
  symlinkSync('b', join(cwd, 'd/a'))
  symlinkSync('a', join(cwd, 'd/b'))
  assert.match((await run('d/a')).stderr, /links lead in a circle/)
})

test('a summary never says that all is well where something was found', async (t) => {
  const cwd = folderWith(t, { 'empty.json': '', 'e.json': event() })
  const run = async (...args: string[]) => (await eventwright(['validate', ...args], { cwd })).stdout
  assert.match(await run('empty.json'), /0 events in 1 file: nothing was checked\.\n$/)
  assert.match(await run('empty.json', 'e.json'), /1 event in 2 files: none bad, but 1 finding\.\n$/)
})

test('a reader that went away ends it with 4, an interrupt as a signal does, and neither says a word', async (t) => {
  const cwd = folderWith(t, { 'many.ndjson': '{"id":1}\n'.repeat(30_000) })
  const piped = start(['validate', 'many.ndjson', '--max', '0', '--quiet', '--envelope', 'none'], { cwd })
  piped.stdout?.once('data', () => piped.stdout?.destroy())
  const { code, stderr } = await ended(piped)
  assert.deepEqual([code, stderr], [4, ''])

  const waiting = spawn(
    process.execPath,
    ['--conditions=@eventwright/source', MAIN, 'validate', '-', '--quiet', '--envelope', 'none'],
    { env: { ...process.env, NODE_OPTIONS: '' }, stdio: ['pipe', 'pipe', 'pipe'] },
  )
  const end = ended(waiting)
  waiting.stdin.on('error', () => undefined) // it is ended while it is written to
  waiting.stdin.write('{"id":1}\n'.repeat(20_000))
  await once(waiting.stdout, 'data')
  waiting.kill('SIGINT')
  assert.deepEqual([(await end).signal, (await end).stderr], ['SIGINT', ''])
})

test('what cannot be read, and what matches nothing, is exit 4; wrong use is exit 3', async (t) => {
  const cwd = place(t)
  mkdirSync(join(cwd, 'empty'))
  const cases: readonly (readonly [readonly string[], RegExp, number])[] = [
    [['gone.ndjson'], /There is no file or folder gone\.ndjson/, 4],
    [['*.gone'], /No file matches \*\.gone/, 4],
    [['empty'], /folder empty holds no file with events/, 4],
    [['good.ndjson', '--schemas', 'gone'], /folder of schemas gone cannot be read: it is not there/, 4],
    [['good.ndjson', '--schemas', 'empty'], /empty holds no schema/, 4],
    [[], /No events are named/, 3],
    [['good.ndjson', '--max', 'x'], /whole number/, 3],
    [['good.ndjson', '--format', 'x'], /choices/i, 3],
  ]
  for (const [args, says, expected] of cases) {
    const { code, stderr } = await eventwright(['validate', ...args], { cwd })
    assert.match(stderr, says)
    assert.equal(code, expected, args.join(' '))
  }
})

test('folders, globs and files count once each, and names with spaces and quotes are names', async (t) => {
  const cwd = folderWith(t)
  mkdirSync(join(cwd, "it's a folder/deep"), { recursive: true })
  for (const name of ['a b.ndjson', 'deep/c"d.jsonl', '[x].json'])
    writeFileSync(join(cwd, "it's a folder", name), event())
  writeFileSync(join(cwd, "it's a folder/notes.txt"), 'no event')
  for (const args of [
    ["it's a folder"],
    ["it's a folder/**/*.{ndjson,jsonl,json}"],
    ["it's a folder", "it's a folder/[x].json"],
  ]) {
    const { code, stdout } = await eventwright(['validate', ...args], { cwd })
    assert.match(stdout, /3 events in 3 files: none bad/)
    assert.equal(code, 0)
  }
})

test('each format is what its readers take; the summary is elsewhere then', async (t) => {
  const cwd = place(t)
  const run = async (format: string, ...more: string[]) => {
    const end = await eventwright(
      ['validate', 'wrong.ndjson', 'good.ndjson', '--catalog', 'catalog.yaml', '--format', format, ...more],
      { cwd },
    )
    assert.equal(end.code, 1)
    assert.match(end.stderr, more.includes('--quiet') ? /^$/ : /4 events in 2 files: 1 bad/)
    return end.stdout
  }
  const { findings } = JSON.parse(await run('json'))
  assert.equal(findings.length, 1)
  assert.deepEqual([findings[0].pointer, findings[0].eventId, findings[0].line], ['/data/thingId', '1', 2])
  assert.deepEqual(JSON.parse(await run('ndjson', '--quiet')), findings[0])
  assert.equal(JSON.parse(await run('sarif')).runs[0].results[0].ruleId, 'payload-invalid')
  assert.match(await run('github'), /^::error file=wrong\.ndjson,line=2,col=\d+/)
  assert.match(
    await run('junit'),
    /tests="2" failures="1"[\s\S]*<testsuite name="good\.ndjson" tests="1" failures="0">/,
  )
  assert.equal(JSON.parse(await run('gitlab'))[0].location.path, 'wrong.ndjson')
})

test('--fast stops at the first finding; --max prints so many, and counts on', async (t) => {
  const cwd = folderWith(t, { 'many.ndjson': `${'{"id":1}\n'.repeat(400)}` })
  const fast = await eventwright(['validate', 'many.ndjson', '--fast', '--format', 'ndjson'], { cwd })
  assert.equal(fast.stdout.trimEnd().split('\n').length, 1)
  assert.match(fast.stderr, /1 event in 1 file: 1 bad\. Stopped at the first finding\./)
  const max = await eventwright(['validate', 'many.ndjson', '--max', '3', '--format', 'github'], { cwd })
  assert.equal(max.stdout.trimEnd().split('\n').length, 3)
  assert.match(max.stderr, /400 events in 1 file: 400 bad\. 1,597 more findings, not printed/)
  const all = await eventwright(['validate', 'many.ndjson', '--max', '0', '--format', 'ndjson'], { cwd })
  assert.equal(all.stdout.trimEnd().split('\n').length, 1600)
})

test('a schema for envelopes of one’s own is held to, and the profile stored asks for more', async (t) => {
  const stricter = { $id: 'urn:x:1', $defs: { published: { $anchor: 'published', required: ['tenantid'] } } }
  const cwd = folderWith(t, { 'e.json': event(), 'strict.json': JSON.stringify(stricter), 'no.json': '{}' })
  assert.match(
    (await eventwright(['validate', 'e.json', '--envelope-schema', 'strict.json'], { cwd })).stdout,
    /\/tenantid is missing/,
  )
  assert.match(
    (await eventwright(['validate', 'e.json', '--envelope', 'stored'], { cwd })).stdout,
    /\/logepoch is missing/,
  )
  assert.equal((await eventwright(['validate', 'e.json', '--envelope-schema', 'no.json'], { cwd })).code, 2)
  writeFileSync(join(cwd, 'bare.json'), '{"type":"a","data":1}')
  assert.equal((await eventwright(['validate', 'bare.json', '--envelope', 'none'], { cwd })).code, 0)
})

test('many megabytes through standard input, as lines and as one list, stay in a small heap', async () => {
  const line = event({ data: { thingId: 't', text: 'x'.repeat(2000) } })
  for (const [head, between, foot] of [
    ['', '\n', '\n'],
    ['[', ',', ']'],
  ] as const) {
    const block = `${line}${between}`.repeat(500)
    const blocks = 60
    const child = spawn(
      process.execPath,
      ['--max-old-space-size=48', '--conditions=@eventwright/source', MAIN, 'validate', '-'],
      {
        env: { ...process.env, NODE_OPTIONS: '' },
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    )
    let stdout = ''
    child.stdout.on('data', (chunk) => {
      stdout += chunk
    })
    const closed = once(child, 'close')
    child.stdin.write(head)
    for (let n = 0; n < blocks; n++) if (!child.stdin.write(block)) await once(child.stdin, 'drain')
    child.stdin.end(`${line}${foot}`)
    const [code] = await closed
    assert.equal(code, 0, stdout)
    assert.match(stdout, /30,001 events in 1 file: none bad/)
  }
})
