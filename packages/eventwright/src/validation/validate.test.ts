import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import type { ValidationFinding } from './check/inspector.ts'
import { loadSchemas, validateEvents } from './index.ts'
import { createLineReader } from './input/lines.ts'
import type { EventText, InputFault, Reader, Sink } from './input/sink.ts'
import { createValueReader } from './input/values.ts'

const folder = mkdtempSync(join(tmpdir(), 'eventwright-validate-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const catalog = join(folder, 'catalog.yaml')
writeFileSync(
  catalog,
  `namespace: com.example
events:
  Anything.v1: true
  OrderPlaced.v1: { type: object, required: [total], properties: { total: { type: integer } } }
  OrderPlaced.v2:
    type: object
    required: [total]
    properties: { total: { type: object, required: [amount], properties: { amount: { type: integer } } }, note: { type: string } }
    additionalProperties: false
`,
)

type Result = {
  readonly places: readonly string[]
  readonly findings: readonly ValidationFinding[]
  readonly events: number
  readonly bad: number
}

async function check(
  content: string | Buffer,
  name = 'input',
  options: { readonly uniqueIds?: boolean } = {},
): Promise<Result> {
  const file = join(folder, name)
  writeFileSync(file, content)
  const { schemas } = await loadSchemas({ catalogs: [catalog] })
  const findings: ValidationFinding[] = []
  const onFinding = (finding: ValidationFinding) => findings.push(finding) > 0
  const { events, bad } = await validateEvents([file], {
    envelope: 'published',
    schemas: schemas ?? assert.fail(),
    onFinding,
    ...options,
  })
  return {
    places: findings.map(({ place, code }) => `${place.line}:${place.column} ${code}`),
    findings,
    events,
    bad,
  }
}

const event = (rest: object = {}) => ({
  specversion: '1.0',
  id: '1',
  source: '/s',
  type: 'com.example.OrderPlaced.v1',
  data: { total: 1 },
  ...rest,
})
const text = (rest?: object) => JSON.stringify(event(rest))
/** The column at which a piece stands in a line, from 1. */
const columnOf = (line: string, piece: string) => line.indexOf(piece) + 1

test('one object, a list, one a line, YAML, and each of them packed: the same verdict, told by content alone', async () => {
  const good = text()
  const wrong = text({ data: { total: 'x' } })
  const yaml = (total: string) =>
    `specversion: "1.0"\nid: a\nsource: /s\ntype: com.example.OrderPlaced.v1\ndata:\n  total: ${total}\n`
  const element = (one: string) => `- ${one.trim().replaceAll('\n', '\n  ')}`
  const forms: readonly (readonly [string, string, number])[] = [
    [good, wrong, 1],
    [JSON.stringify(event(), null, 2), JSON.stringify(event({ data: { total: 'x' } }), null, 2), 1],
    [`[${good},\n${good}]`, `[${good},\n${wrong}]`, 2],
    [`${good}\n${good}\n`, `${good}\n${wrong}\n`, 2],
    [`${good}\r\n\r\n${good}`, `${good}\r\n\r\n${wrong}`, 2],
    [`\uFEFF${good}\n${good}\n`, `\uFEFF${good}\n${wrong}\n`, 2],
    [
      `${JSON.stringify(event(), null, 1)}\n${JSON.stringify(event(), null, 1)}`,
      `${JSON.stringify(event(), null, 1)}\n${JSON.stringify(event({ data: 1 }), null, 1)}`,
      2,
    ],
    [yaml('1'), yaml('x'), 1],
    [`${yaml('1')}---\n${yaml('2')}`, `${yaml('1')}---\n${yaml('x')}`, 2],
    [element(yaml('1')), element(yaml('x')), 1],
  ]
  for (const [one, other, count] of forms) {
    for (const pack of [(plain: string) => Buffer.from(plain), (plain: string) => gzipSync(plain)]) {
      const passed = await check(pack(one))
      assert.deepEqual([passed.places, passed.events], [[], count], one)
      const failed = await check(pack(other))
      assert.deepEqual(
        [failed.findings.map(({ code }) => code), failed.events, failed.bad],
        [['payload-invalid'], count, 1],
        other,
      )
    }
  }
})

test('a finding stands at the value, in UTF-16 units, whatever stands before it and however the lines end', async () => {
  const line = `{"specversion":"1.0","id":"ü😀","source":"/s",\t"type":"com.example.OrderPlaced.v1","data":{"total":"x"}}`
  const column = columnOf(line, '"x"')
  for (const end of ['\n', '\r\n']) {
    const lines = [text(), '', line, text()].join(end)
    for (const content of [lines, gzipSync(lines), `\uFEFF${lines}`])
      assert.deepEqual((await check(content)).places, [`3:${column} payload-invalid`])
  }
  const inList = `[${text()}, ${line},\n  ${line}]`
  assert.deepEqual((await check(inList)).places, [
    `1:${`[${text()}, `.length + column} payload-invalid`,
    `2:${2 + column} payload-invalid`,
  ])
  const pretty = JSON.stringify([event(), event({ data: { total: 'x' } })], null, 2)
  const lines = pretty.split('\n')
  const at = lines.findIndex((one) => one.includes('"x"'))
  assert.deepEqual((await check(pretty.replaceAll('\n', '\r\n'))).places, [
    `${at + 1}:${columnOf(lines[at] ?? '', '"x"')} payload-invalid`,
  ])
})

test('in YAML it stands at the value too, in each document and behind an alias', async () => {
  const head = 'specversion: "1.0"\nsource: /s\ntype: com.example.OrderPlaced.v1\n'
  const yaml = `# events\n${head}id: a\ndata: &d { total: x }\n---\n- ${head.trim().replaceAll('\n', '\n  ')}\n  id: b\n  data: { total: é, 'q"': 1 }\n`
  assert.deepEqual((await check(yaml, 'some.yaml')).places, ['6:19 payload-invalid', '12:18 payload-invalid'])
  assert.ok((await check('a: 1\na: 2\n')).places.includes('2:1 duplicate-key'))
  assert.deepEqual((await check(`${head}id: [\n`)).places.length, 1)
  assert.deepEqual(
    (await check(`${head}id: a\ndata: { total: 12345678901234567891 }`)).findings[0]?.code,
    'inexact-number',
  )
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c]\n`
  assert.match((await check(bomb)).findings[0]?.message ?? '', /cannot be read/)
})

test('a broken third line is told, and the lines around it are checked all the same', async () => {
  const lines = [text(), text({ id: '2' }), '{"specversion":"1.0",', text({ data: {} }), text()]
  const { places, events, bad } = await check(lines.join('\n'))
  assert.deepEqual(places, ['3:22 json-syntax', `4:${columnOf(lines[3] ?? '', '{}')} payload-invalid`])
  assert.deepEqual([events, bad], [5, 2])
})

test('a first line that is broken does not hide that there is one event a line', async () => {
  for (const first of ['{"specversion":"1.0"', 'garbage', '{"a":1}}', "{'a':1}"]) {
    const { findings, events } = await check(`${first}\n${text()}\n${text()}\n`)
    assert.deepEqual(
      findings.map(({ place, code }) => [place.line, code]),
      [[1, 'json-syntax']],
      first,
    )
    assert.equal(events, 3, first)
  }
})

test('a payload of version 1 that says version 2 is refused, and so is a version that no schema describes', async () => {
  const said = text({ type: 'com.example.OrderPlaced.v2' })
  assert.deepEqual((await check(said)).places, [`1:${columnOf(said, '1}}')} payload-invalid`])
  const { findings } = await check(text({ type: 'com.example.OrderPlaced.v3' }))
  assert.equal(findings[0]?.code, 'unknown-version')
  assert.match(findings[0]?.mend ?? '', /version 1 and 2/)
  assert.deepEqual(
    (await check(text({ type: 'com.example.OrderPlaced' }))).places,
    [],
    'without a version it is 1',
  )
})

test('an id of more than 1,000 signs, and a payload that is not there, are refused whatever the schema takes', async () => {
  assert.deepEqual((await check(text({ id: 'x'.repeat(1000) }))).places, [])
  assert.equal((await check(text({ id: 'x'.repeat(1001) }))).findings[0]?.pointer, '/id')
  const anything = { type: 'com.example.Anything.v1' }
  assert.deepEqual((await check(text(anything))).places, [])
  assert.equal(
    (await check(text({ ...anything, data: undefined }))).findings[0]?.message,
    '/data is missing.',
  )
})

test('what is wrong with a name stands at the name', async () => {
  const line = text({ type: 'com.example.OrderPlaced.v2', data: { total: { amount: 1 }, nte: 'value' } })
  assert.deepEqual((await check(line)).places, [`1:${columnOf(line, '"nte"')} payload-invalid`])
})

test('misspelled names are guessed: of types, namespaces, and fields', async () => {
  const mends = async (rest: object) => (await check(text(rest))).findings.map(({ mend }) => mend).join(' ')
  assert.match(await mends({ type: 'com.example.OrderPlacd.v1' }), /Did you mean `com\.example\.OrderPlaced`/)
  assert.match(await mends({ type: 'com.exmple.OrderPlaced.v1' }), /namespace `com\.example`/)
  assert.match(
    await mends({ type: 'com.example.OrderPlaced.v2', data: { totl: {} } }),
    /Did you mean `total`/,
  )
  assert.match(await mends({ dataSchema: 'x' }), /`dataschema`/)
  assert.deepEqual(
    (await check(text({ type: 'eventwright.CommandHandled.v1', data: { any: 1 } }))).places,
    [],
  )
})

test('what no schema sees is told: keys twice, lost digits, bad characters, too deep, too large', async () => {
  const raw = (data: string) =>
    `{"specversion":"1.0","id":"1","source":"/s","type":"com.example.OrderPlaced.v1","data":${data}}`
  const codes = async (data: string) => (await check(raw(data))).findings.map(({ code }) => code)
  assert.deepEqual(await codes('{"total":1,"total":2}'), ['duplicate-key'])
  assert.deepEqual(await codes('{"total":12345678901234567891}'), ['inexact-number'])
  assert.deepEqual(await codes('{"total":1,"a":"\\u0000"}'), ['bad-character'])
  assert.deepEqual(await codes(`{"total":1,"a":${'['.repeat(600)}${']'.repeat(600)}}`), ['too-deep'])
  assert.deepEqual(await codes(`{"total":1,"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`), ['too-deep'])
  assert.deepEqual(await codes(`{"total":1,"a":"${'x'.repeat(1_000_000)}"}`), ['too-large'])
  assert.deepEqual(await codes(`{"total":1,${' '.repeat(1_000_000)}"a":"x"}`), [], 'spaces do not count')
  assert.deepEqual(await codes(`{"total":1,"a":"${'ü'.repeat(400_000)}"}`), [])
  assert.deepEqual(await codes(`{"total":1,"a":"${'ü'.repeat(500_000)}"}`), ['too-large'])
})

test('a line of many megabytes is given up, and the next one is checked', async () => {
  const { findings, events } = await check(
    `${text()}\n{"a":"${'x'.repeat(17_000_000)}"}\n${text({ data: 1 })}\n`,
  )
  assert.deepEqual(
    findings.map(({ place, code }) => [place.line, code]),
    [
      [2, 'too-large'],
      [3, 'payload-invalid'],
    ],
  )
  assert.equal(events, 3)
})

test('what is no event is told: scalars, lists a line, null', async () => {
  const { findings } = await check(`${text()}\n1\n"x"\nnull\n[${text()}]\n`)
  assert.deepEqual(
    findings.map(({ place, code }) => [place.line, code]),
    [2, 3, 4, 5].map((line) => [line, 'not-an-event']),
  )
})

test('nothing to check is an error: an empty file, spaces, an empty list, empty documents', async () => {
  for (const nothing of ['', ' \n\n', '\uFEFF', '[]', '[ \n ]', '---\n---\n', '# a comment\n', gzipSync('')])
    assert.deepEqual(
      (await check(nothing)).findings.map(({ code }) => code),
      ['no-events'],
      JSON.stringify(nothing),
    )
})

test('bytes that are no UTF-8 are told at their place, and the other lines are checked', async () => {
  const [before = '', behind = ''] = text({ id: 'é?' }).split('?')
  const line = Buffer.concat([Buffer.from(before), Buffer.from([0xff]), Buffer.from(behind)])
  const { places } = await check(
    Buffer.concat([Buffer.from(`${text()}\n`), line, Buffer.from(`\n${text({ data: 1 })}\n`)]),
  )
  assert.deepEqual(places, [
    `2:${before.length + 1} not-text`,
    `3:${columnOf(text({ data: 1 }), '1}')} payload-invalid`,
  ])
  const list = Buffer.concat([Buffer.from(`[${text()},\n  `), line, Buffer.from(']')])
  assert.deepEqual((await check(list)).places, [`2:${before.length + 3} not-text`])
  assert.deepEqual((await check(Buffer.from(`\uFEFF${text()}`, 'utf16le'))).places, ['1:1 not-text'])
})

test('a gzip that is cut off or damaged is told, behind all that could be read', async () => {
  const lines = Array.from({ length: 3000 }, (_, n) => text({ id: `${n * 7919}-${Math.sin(n)}` }))
  const packed = gzipSync(lines.join('\n'))
  const cut = await check(packed.subarray(0, packed.length / 2))
  assert.deepEqual(
    cut.findings.map(({ code }) => code),
    ['gzip-broken'],
  )
  assert.match(cut.findings[0]?.message ?? '', /ends in the middle/)
  assert.ok(cut.events > 100 && (cut.findings[0]?.place.line ?? 0) > 100)
  packed[packed.length >> 1] = (packed[packed.length >> 1] ?? 0) ^ 0xff
  assert.equal((await check(packed)).findings.at(-1)?.code, 'gzip-broken')
  assert.deepEqual(
    (await check(Buffer.concat([gzipSync(`${text()}\n`), gzipSync(text({ data: 1 }))]))).places.length,
    1,
    'two packs in a row',
  )
})

test('a list that is broken between its events is told where it breaks', async () => {
  const places = async (content: string) => (await check(content, 'list.json')).places
  const e = text()
  assert.deepEqual(await places(`[${e} ${e}]`), [`1:${e.length + 3} json-syntax`])
  assert.deepEqual(await places(`[${e},]`), [`1:${e.length + 3} json-syntax`])
  assert.deepEqual(await places(`[,${e}]`), ['1:2 json-syntax'])
  assert.deepEqual(await places(`[${e}\n`), ['2:1 json-syntax'])
  assert.deepEqual(await places(`[${e}] x`), [`1:${e.length + 4} json-syntax`])
  const unclosed = ['107 json-syntax', '108 json-syntax'].map((at) => `1:${at}`)
  assert.deepEqual(await places(`[${e},{"a":]`), unclosed, 'the element, and the list that is not closed')
  assert.deepEqual(await places(`${JSON.stringify(event(), null, 1)}}`), [
    `${JSON.stringify(event(), null, 1).split('\n').length}:2 json-syntax`,
  ])
})

test('with unique ids a second event of the same source and id is told', async () => {
  const lines = [text(), text({ source: '/t' }), text({ id: '2' }), text()]
  assert.deepEqual((await check(lines.join('\n'))).places, [])
  assert.deepEqual((await check(lines.join('\n'), 'input', { uniqueIds: true })).places, [
    `4:${columnOf(lines[3] ?? '', '"1",')} duplicate-id`,
  ])
})

test('the first finding that is not wanted ends the run', async () => {
  const file = join(folder, 'many.ndjson')
  writeFileSync(file, `${'{}\n'.repeat(5000)}`)
  let found = 0
  const summary = await validateEvents([file, file], { envelope: 'published', onFinding: () => ++found < 3 })
  assert.deepEqual([found, summary.stopped], [3, true])
  assert.ok(summary.events < 5)
})

test('garbage with a million types takes no memory: the types are counted together', async () => {
  const file = join(folder, 'types.ndjson')
  writeFileSync(file, Array.from({ length: 3000 }, (_, n) => text({ type: `t${n}` })).join('\n'))
  const summary = await validateEvents([file], { envelope: 'published', onFinding: () => true })
  assert.equal(summary.types.length, 1001)
  assert.deepEqual(summary.types.at(-1), { type: '(other types)', events: 2000, bad: 0 })
  assert.equal(
    summary.types.reduce((sum, { events }) => sum + events, 0),
    3000,
  )
})

/** What a reader gives, however its bytes are cut. */
function read(make: (sink: Sink) => Reader, bytes: Buffer, cuts: readonly number[]): readonly unknown[] {
  const seen: (EventText | InputFault)[] = []
  const reader = make({
    event: (one) => seen.push(one) > 0,
    fault: ({ text: _, ...one }) => seen.push(one) > 0,
  })
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  let from = 0
  let goOn = true
  for (const end of ends) {
    goOn &&= reader.push(bytes.subarray(from, end))
    from = end
  }
  if (goOn) void reader.end()
  return seen
}

test('however the bytes come in, the events, their places and the faults are the same', () => {
  const part = fc.constantFrom(
    '{"a":"ü😀\\"]}"}',
    '[{"b":[1,2]}]',
    '"x\\\\"',
    ' ',
    '\n',
    '\r\n',
    ',',
    '[',
    ']',
    '}',
    '12',
    'true',
    '{"c":\n1}',
    '\\',
    '"',
  )
  const bytes = fc
    .tuple(fc.constantFrom('', '[', '{"a":1}'), fc.array(part, { maxLength: 12 }))
    .map(([head, parts]) => Buffer.from(head + parts.join('')))
  for (const make of [createLineReader, createValueReader]) {
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(), { maxLength: 6 }), (content, cuts) => {
        assert.deepEqual(read(make, content, cuts), read(make, content, []))
      }),
      { numRuns: 1500 },
    )
  }
})

test('each event of a list is cut out exactly, and stands where it is said to stand', () => {
  const list = fc.tuple(
    fc.array(fc.jsonValue(), { maxLength: 5 }),
    fc.constantFrom(undefined, 1, '\t'),
    fc.constantFrom('\n', '\r\n'),
  )
  fc.assert(
    fc.property(list, ([values, indent, end]) => {
      const content = JSON.stringify(values, undefined, indent).replaceAll('\n', end)
      const seen = read(createValueReader, Buffer.from(content), []) as EventText[]
      assert.deepEqual(
        seen.map((one) => JSON.parse(one.text)),
        JSON.parse(content),
      )
      const lines = content.split('\n')
      for (const { text, line, column } of seen)
        assert.equal(
          [lines[line - 1]?.slice(column - 1), ...lines.slice(line)].join('\n').startsWith(text),
          true,
        )
    }),
    { numRuns: 500 },
  )
})
