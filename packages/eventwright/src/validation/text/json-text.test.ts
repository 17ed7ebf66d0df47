import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { scanJson } from './json-text.ts'
import { isPlainText } from './plain-text.ts'

const parses = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
const syntax = (text: string) => scanJson(text).faults.find(({ code }) => code === 'json-syntax')
const codes = (text: string): string[] => scanJson(text).faults.map(({ code }) => code)

/** JSON as others write it: with and without spaces, and with signs that `JSON.stringify` escapes. */
const spaced = fc
  .tuple(fc.jsonValue({ noUnicodeString: false }), fc.constantFrom(undefined, 1, 2, '\t'))
  .map(([value, indent]) => JSON.stringify(value, undefined, indent))

test('each value stands where it is said to stand, and no other text is a syntax error than for JSON.parse', () => {
  fc.assert(
    fc.property(spaced, (text) => {
      const { spans, faults } = scanJson(text)
      assert.deepEqual(
        faults.filter(({ code }) => code === 'json-syntax'),
        [],
      )
      const root: unknown = JSON.parse(text)
      for (const [pointer, { start, end, key }] of spans) {
        const steps = pointer
          .split('/')
          .slice(1)
          .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
        const value = steps.reduce<unknown>((part, step) => Object(part)[step], root)
        assert.deepEqual(JSON.parse(text.slice(start, end)), value)
        if (key) assert.equal(JSON.parse(text.slice(key.start, key.end)), steps.at(-1))
      }
    }),
    { numRuns: 500 },
  )
})

test('a text that is damaged in one place is judged as JSON.parse judges it', () => {
  const damaged = fc
    .tuple(
      spaced,
      fc.nat(),
      fc.nat(2),
      fc.constantFrom(
        '',
        '"',
        ',',
        ':',
        '{',
        ']',
        '\\',
        '0',
        'e',
        '-',
        '\n',
        '\u0001',
        ' ',
        '.',
        'x',
        '\u00a0',
      ),
    )
    .map(
      ([text, at, length, put]) =>
        text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + length),
    )
  fc.assert(
    fc.property(damaged, (text) => assert.equal(syntax(text) === undefined, parses(text), text)),
    { numRuns: 5000 },
  )
})

test('a syntax error is told where it is, with what to do', () => {
  const cases: readonly (readonly [string, number, RegExp])[] = [
    ['{"a":1,}', 7, /closes behind a comma/],
    ['{"a" 1}', 5, /`:` must come/],
    ['{"a":True}', 5, /begins no value/],
    ['[1 2]', 3, /`,` or `\]`/],
    ['{"a":"x', 5, /never ends/],
    ["{'a':1}", 1, /a key must come/],
    ['{"a":1} x', 8, /behind the end/],
    ['{"a":01}', 5, /begins no number/],
    ['{"a":"\t"}', 6, /U\+0009 is a control character/],
    ['{"a":"\\x"}', 6, /no escape/],
    ['{"a":', 5, /The end of the text stands where a value/],
  ]
  for (const [text, start, message] of cases) {
    const fault = syntax(text)
    assert.equal(fault?.start, start, text)
    assert.match(fault?.message ?? '', message)
    assert.ok((fault?.mend ?? '').length > 5)
  }
})

test('what JSON.parse takes without a word is told', () => {
  assert.deepEqual(codes('{"a":1,"b":{"a":1,"a":2}}'), ['duplicate-key'])
  assert.deepEqual(codes('{"a":1,"\\u0061":2}'), ['duplicate-key'])
  assert.deepEqual(codes('[9007199254740993]'), ['inexact-number'])
  assert.deepEqual(codes('[-12345678901234567890]'), ['inexact-number'])
  assert.deepEqual(codes('[1e400]'), ['inexact-number'])
  assert.deepEqual(codes('[9007199254740992,9007199254740991,1e300,0.1,100000000000000000000]'), [])
  assert.deepEqual(codes('["\\u0000"]'), ['bad-character'])
  assert.deepEqual(codes('["\\ud83d"]'), ['bad-character'])
  assert.deepEqual(codes('{"\\ud83d":1}'), ['bad-character'])
  assert.deepEqual(codes('["\\ud83d\\ude00 😀"]'), [])
  assert.deepEqual(codes(`${'['.repeat(501)}${']'.repeat(501)}`), [])
  assert.deepEqual(codes(`${'['.repeat(502)}${']'.repeat(502)}`), ['too-deep'])
})

test('nesting without end and a text of megabytes end neither the stack nor the patience', () => {
  assert.deepEqual(codes(`${'['.repeat(200_000)}${']'.repeat(200_000)}`), ['too-deep'])
  assert.deepEqual(codes(JSON.stringify({ a: 'x'.repeat(4_000_000), b: '\\"'.repeat(500_000) })), [])
})

test('the quick look never passes a text that has a fault', () => {
  const member = fc.tuple(
    fc.constantFrom('"a"', '"b"', '"\\u0061"', '"a\\":"', '"ü"'),
    fc.constantFrom(':', ' :', ' : ', ': '),
    fc.constantFrom(
      '1',
      '1000',
      '1e3',
      '1e20',
      '100000',
      '0.001',
      '1.50',
      '-0',
      '"\\":"',
      '"x"',
      '9007199254740993',
      '1e400',
      '"\\ud800"',
      '"\\u0000"',
      '"\\ud83d\\ude00"',
      '[]',
      '{"a":1}',
      '{"a":1,"a":1}',
      'null',
      'true',
      '123456',
      '12345678901234567890123',
    ),
  )
  const object = fc
    .array(member, { maxLength: 5 })
    .map((members) => `{${members.map((parts) => parts.join('')).join(',')}}`)
  let plain = 0
  fc.assert(
    fc.property(object, (text) => {
      if (!isPlainText(text, JSON.parse(text))) return
      plain++
      assert.deepEqual(codes(text), [], text)
    }),
    { numRuns: 6000 },
  )
  assert.ok(plain > 500, `${plain} passed`)
})

test('a number that is written shorter than JavaScript writes it makes no room for a key that is there twice', () => {
  for (const text of ['{"":1,"":1e7}', '{"":1,"":[1e-6,1e-3]}', '{"":1,"":-1e7}']) {
    assert.deepEqual(codes(text), ['duplicate-key'])
    assert.equal(isPlainText(text, JSON.parse(text)), false, text)
  }
})

test('the quick look passes what common writers write, so that they are not slow', () => {
  const value = {
    a: 1,
    list: [1, 2.5, 4200, null, true],
    text: 'say "hi" \\ no',
    'ü:': { x: [] },
    n: 100_000,
  }
  const spacedOut = JSON.stringify(value).replaceAll(',"', ', "')
  for (const text of [JSON.stringify(value), JSON.stringify(value, null, 2), spacedOut])
    assert.equal(isPlainText(text, value), true, text)
})
