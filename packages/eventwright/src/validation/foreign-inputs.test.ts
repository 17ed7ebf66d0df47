import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { type ValidationFinding, validateEvents } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'eventwright-foreign-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** Validates envelopes, and gives the findings. */
async function check(content: string | Buffer, name = 'input'): Promise<readonly ValidationFinding[]> {
  const file = join(folder, name)
  writeFileSync(file, content)
  const findings: ValidationFinding[] = []
  await validateEvents([file], { envelope: 'published', onFinding: (finding) => findings.push(finding) > 0 })
  return findings
}

const EVENT = { specversion: '1.0', id: '1', source: '/s', type: 'com.example.Made.v1', data: { x: 1 } }
const LINE = JSON.stringify(EVENT)

test('a file of another kind is told in one finding that says what it is', async () => {
  const inner = join(folder, 'inner')
  mkdirSync(inner)
  writeFileSync(join(inner, 'e.json'), LINE)
  const tar = execFileSync('tar', ['-C', inner, '-cf', '-', 'e.json'])
  const kinds: readonly (readonly [Buffer, RegExp])[] = [
    [tar, /tar archive/],
    [gzipSync(tar), /tar archive/],
    [gzipSync(gzipSync(LINE)), /gzip inside gzip/],
    [zstdCompressSync(LINE), /zstd/],
    [Buffer.from('PK\x03\x04\x14\0\0\0', 'latin1'), /zip archive/],
    [Buffer.from('BZh91AY&SY'), /bzip2/],
    [Buffer.from('\xfd7zXZ\0\0', 'latin1'), /with xz/],
    [Buffer.from('PAR1\x15\x04'), /Parquet/],
    [Buffer.from('Obj\x01\x04\x14'), /Avro/],
    [Buffer.from('SQLite format 3\0'), /SQLite/],
    [Buffer.from(`\uFEFF${LINE}`, 'utf16le'), /UTF-16/],
    [Buffer.from(LINE, 'utf16le'), /UTF-16/],
    [Buffer.from(LINE, 'utf16le').swap16(), /UTF-16/],
  ]
  for (const name of ['input', 'input.json', 'input.ndjson.gz', 'input.yaml']) {
    for (const [content, says] of kinds) {
      const findings = await check(content, name)
      assert.deepEqual(
        findings.map(({ code, place }) => [code, place.line, place.column]),
        [['not-text', 1, 1]],
        `${says} ${name}`,
      )
      assert.match(findings[0]?.message ?? '', says)
    }
  }
})

test('text that is no JSON from its start is one finding, not one a word', async () => {
  for (const content of [
    '<!DOCTYPE html><html> a b c',
    '// a comment\n{"a":1}',
    '\u0089PNG\r\n\x1a\n\0 a b',
    "'a' b",
  ]) {
    const findings = await check(content, 'input.json')
    assert.deepEqual(
      findings.map(({ code, place }) => [code, place.line, place.column]),
      [['json-syntax', 1, 1]],
      content,
    )
  }
  assert.deepEqual(
    (await check(`[${LINE}, oops, ${LINE}, 1]`)).map(({ code }) => code),
    ['json-syntax', 'not-an-event'],
    'in a list it is clear where the next one begins',
  )
})

test('records with a key or a time before the event are read line by line, and the mend says what to leave out', async () => {
  for (const prefix of [
    'key\t',
    'o-1:',
    'null\t',
    '2026-01-01T00:00:00Z INFO ',
    'data: ',
    'CreateTime:17\tnull\t',
    '7 ',
  ]) {
    const findings = await check(`${prefix}${LINE}\n${prefix}${LINE}\n`, 'console.txt')
    assert.deepEqual(
      findings.map(({ code, place }) => [code, place.line]),
      [1, 2].map((line) => ['json-syntax', line]),
      prefix,
    )
    for (const { mend } of findings) assert.match(mend, /without their keys and times/, prefix)
  }
  for (const yaml of [`- ${LINE}\n- ${LINE}\n`, `--- ${LINE}\n--- ${LINE}\n`])
    assert.deepEqual(await check(yaml), [])
})

test('an object that is no event at all is one finding, and the mend knows the common exports', async () => {
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [{ headers: { ce_id: '1', ce_type: 'x' }, value: { x: 1 } }, /binary mode/],
    [{ 'ce-id': '1', body: {} }, /binary mode/],
    [{ properties: { 'cloudEvents:id': '1' } }, /binary mode/],
    [{ topic: 't', payload: LINE }, /stands under `payload`/],
    [{ offset: 1, value: EVENT }, /stands under `value`/],
    [{ events: [EVENT, EVENT] }, /stand under `events`/],
    [{ orderId: '1' }, /under `data` of an envelope/],
    [LINE, /without quotes/],
  ]
  for (const [value, mend] of cases) {
    const findings = await check(`${JSON.stringify(value)}\n${LINE}\n`)
    assert.deepEqual(
      findings.map(({ code, place }) => [code, place.line]),
      [['not-an-event', 1]],
    )
    assert.match(findings[0]?.mend ?? '', mend)
  }
  assert.equal((await check('{"id":"1"}')).length, 3, 'an attribute that is there makes it an event')
})

test('YAML that is nested without end is one finding', async () => {
  for (const depth of [600, 3000, 10_000]) {
    const findings = await check(`a: ${'['.repeat(depth)}${']'.repeat(depth)}`, 'deep.yaml')
    assert.ok(
      findings.some(({ code }) => code === 'too-deep'),
      String(depth),
    )
    assert.ok(!findings.some(({ code }) => code === 'yaml-syntax'), String(depth))
  }
})

test('what a finding shows of an input cannot steer a terminal, nor is it endless', async () => {
  const evil = '\u001b[31m\u0007\u009b\u202e'
  const line = JSON.stringify({ ...EVENT, [`x${evil}`]: 'x', time: evil }).replaceAll('\\u001b', '\u001b')
  for (const content of [line, JSON.stringify({ ...EVENT, [`x${evil}`]: 1 }), `[${line}`, `a: ${evil}`]) {
    const findings = await check(content)
    assert.ok(findings.length > 0)
    for (const { message, mend, excerpt } of findings)
      assert.doesNotMatch(`${message}${mend}${excerpt?.text}`.replaceAll('\t', ''), /[\p{Cc}\u202e]/u)
  }
  const [long] = await check(JSON.stringify({ ...EVENT, ['X'.repeat(100_000)]: 1 }))
  assert.ok((long?.message.length ?? Number.POSITIVE_INFINITY) <= 1000)
})

test('packed otherwise and without a beginning of its own, it is at least no text', async () => {
  const [finding] = await check(brotliCompressSync(LINE.repeat(50)))
  assert.match(finding?.code ?? '', /not-text|yaml-syntax|not-an-event/)
})
