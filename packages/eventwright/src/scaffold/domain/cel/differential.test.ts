import assert from 'node:assert/strict'
import { stripTypeScriptTypes } from 'node:module'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { RE2JS } from 're2js'
import { compileExpression, type FieldType, type Json } from '../../../flow/index.ts'
import { formatted } from '../format.ts'
import type { FunctionName } from './functions/index.ts'
import { functionTexts, printValue, regExpLiteral, type Variable } from './index.ts'

// Expressions and the values that they see are made at random; what CEL says of them, the TypeScript must say too.

const PLACE = { file: 'differential', line: 1, column: 1, length: 1 }
const field = (name: string, type: FieldType, optional = false, schema = {}) => ({
  name,
  type,
  optional,
  example: '',
  schema,
  place: PLACE,
})
const INT: FieldType = { kind: 'int' }
const STRING: FieldType = { kind: 'string' }
const LINE: FieldType = {
  kind: 'object',
  open: false,
  fields: [
    field('sku', STRING),
    field('quantity', INT, false, { minimum: 0, maximum: 1000 }),
    field('note', STRING, true),
  ],
}
const DATA: FieldType = {
  kind: 'object',
  open: false,
  fields: [
    field('a', INT),
    field('b', INT),
    field('d', { kind: 'double' }),
    field('s', STRING),
    field('t', STRING),
    field('flag', { kind: 'bool' }),
    field('when', { kind: 'timestamp' }),
    field('note', STRING, true),
    field('kind', { kind: 'enum', members: ['cash', 'card'] }),
    field('lines', { kind: 'list', element: LINE }),
    field('numbers', { kind: 'list', element: INT }),
    field('names', { kind: 'list', element: STRING }),
    field('free', { kind: 'any' }),
  ],
}
const TYPES = new Map<string, FieldType>([['cmd', DATA]])
const VARIABLES = new Map<string, Variable>([['cmd', { code: 'data', type: DATA }]])

const text = fc.constantFrom('', 'a', 'b', 'ab', 'A b', 'é', '😀x', 'tea', '12', '-7', 'true')
const edge = fc.constantFrom(0, 1, -1, 2, 7, 100, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER)
const int = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -50, max: 50 }) },
  { weight: 1, arbitrary: edge },
)
const data = fc.record(
  {
    a: int,
    b: int,
    d: fc.constantFrom(0, 0.5, -2.25, 3, 1e9),
    s: text,
    t: text,
    flag: fc.boolean(),
    when: fc.constantFrom('2026-01-01T00:00:00Z', '2025-02-28T23:59:59.500Z', '2024-02-29T12:30:00+02:00'),
    note: text,
    kind: fc.constantFrom('cash', 'card'),
    lines: fc.array(
      fc.record(
        { sku: text, quantity: fc.integer({ min: 0, max: 1000 }), note: text },
        { requiredKeys: ['sku', 'quantity'] },
      ),
      { maxLength: 3 },
    ),
    numbers: fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 3 }),
    names: fc.array(text, { maxLength: 3 }),
    free: fc.constantFrom(1, 2.5, 'x', true, [1, 2], { x: 1 }, { y: 'z' }),
  },
  { requiredKeys: ['a', 'b', 'd', 's', 't', 'flag', 'when', 'kind', 'lines', 'numbers', 'names', 'free'] },
)

type Make = (depth: number) => fc.Arbitrary<string>
const one = (...sources: string[]): fc.Arbitrary<string> => fc.constantFrom(...sources)
const join = (template: string, ...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc
    .tuple(...parts)
    .map((made) => made.reduce((whole, part, index) => whole.replaceAll(`$${index}`, () => part), template))
const either = (
  leaf: fc.Arbitrary<string>,
  depth: number,
  inner: () => fc.Arbitrary<string>[],
): fc.Arbitrary<string> => (depth <= 0 ? leaf : fc.oneof(leaf, ...inner()))

const ints: Make = (depth) =>
  either(one('cmd.a', 'cmd.b', '0', '1', '3', '-2'), depth, () => [
    ...['+', '-', '*', '/', '%'].map((op) => join(`($0 ${op} $1)`, ints(depth - 1), ints(depth - 1))),
    join('-($0)', ints(depth - 1)),
    join('size($0)', fc.oneof(strings(depth - 1), intLists(depth - 1), stringLists(depth - 1))),
    join('($0 ? $1 : $2)', bools(depth - 1), ints(depth - 1), ints(depth - 1)),
    join('$0.sum()', intLists(depth - 1)),
    join('$0.min()', intLists(depth - 1)),
    join('max($0)', intLists(depth - 1)),
    join('$0[$1]', intLists(depth - 1), one('0', '1', 'cmd.a')),
    join('int($0)', fc.oneof(doubles(depth - 1), one('cmd.s', "'12'"))),
    join('$0.indexOf($1)', strings(depth - 1), strings(depth - 1)),
    one('cmd.when.getHours()', 'cmd.when.getDayOfYear()', 'cmd.when.getDayOfMonth()', 'cmd.when.getMonth()'),
    one("(cmd.when - timestamp('2025-01-01T00:00:00Z')).getHours()", 'cmd.lines.map(l, l.quantity).sum()'),
  ])
const doubles: Make = (depth) =>
  either(one('cmd.d', '0.5', '2.0'), depth, () => [
    ...['+', '-', '*', '/'].map((op) => join(`($0 ${op} $1)`, doubles(depth - 1), doubles(depth - 1))),
    join('double($0)', ints(depth - 1)),
    join('-($0)', doubles(depth - 1)),
  ])
const strings: Make = (depth) =>
  either(one('cmd.s', 'cmd.t', "'a'", "''", "'😀'", 'cmd.kind'), depth, () => [
    join('($0 + $1)', strings(depth - 1), strings(depth - 1)),
    join('string($0)', fc.oneof(ints(depth - 1), bools(depth - 1), one('cmd.d'))),
    join('$0.lowerAscii()', strings(depth - 1)),
    join('$0.trim()', strings(depth - 1)),
    join('$0.substring($1)', strings(depth - 1), one('0', '1', '5')),
    join("$0.join('-')", stringLists(depth - 1)),
    join('($0 ? $1 : $2)', bools(depth - 1), strings(depth - 1), strings(depth - 1)),
    one("(has(cmd.note) ? cmd.note : 'none')", 'cmd.names[0]', 'cmd.names.min()', 'string(cmd.free)'),
  ])
const bools: Make = (depth) =>
  either(one('cmd.flag', 'has(cmd.note)', '!has(cmd.note)', 'true', "cmd.kind == 'card'"), depth, () => [
    ...['&&', '||'].map((op) => join(`($0 ${op} $1)`, bools(depth - 1), bools(depth - 1))),
    ...['<', '<=', '>', '>=', '==', '!='].map((op) =>
      fc.oneof(
        join(`($0 ${op} $1)`, ints(depth - 1), ints(depth - 1)),
        join(`($0 ${op} $1)`, strings(depth - 1), strings(depth - 1)),
        join(`($0 ${op} $1)`, doubles(depth - 1), doubles(depth - 1)),
      ),
    ),
    join('!($0)', bools(depth - 1)),
    join('($0 in $1)', ints(depth - 1), intLists(depth - 1)),
    join('!($0 in $1)', strings(depth - 1), stringLists(depth - 1)),
    join('($0 == $1)', intLists(depth - 1), intLists(depth - 1)),
    join('$0.startsWith($1)', strings(depth - 1), strings(depth - 1)),
    join('$0.contains($1)', strings(depth - 1), strings(depth - 1)),
    join("$0.matches('^a[a-z]*$')", strings(depth - 1)),
    join("$0.matches('[a-z]+ ?b')", strings(depth - 1)),
    join('$0.exists(x, 6 / x > $1)', intLists(depth - 1), ints(depth - 1)),
    join('$0.all(x, 6 % x < $1)', intLists(depth - 1), ints(depth - 1)),
    join('$0.exists_one(x, x == $1)', stringLists(depth - 1), strings(depth - 1)),
    one('cmd.lines.all(l, l.quantity > 3)', "cmd.lines.exists(l, has(l.note) && l.note == 'a')"),
    one(
      "cmd.when > timestamp('2025-06-01T00:00:00Z')",
      "cmd.when - duration('24h') < timestamp('2025-12-31T01:00:00Z')",
    ),
    one(
      'cmd.lines[0] == cmd.lines[1]',
      'cmd.free == 1',
      "cmd.free == 'x'",
      'has(cmd.free.x)',
      'cmd.free.x == 1',
    ),
    one('(has(cmd.note) && size(cmd.note) > 1)', '(!has(cmd.note) || cmd.note != cmd.s)', 'size(cmd.s) == 0'),
  ])
const intLists: Make = (depth) =>
  either(one('cmd.numbers', '[1, 2, 0]', '[]', 'cmd.lines.map(l, l.quantity)'), depth, () => [
    join('($0 + $1)', intLists(depth - 1), intLists(depth - 1)),
    join('$0.map(x, x * $1)', intLists(depth - 1), ints(depth - 1)),
    join('$0.filter(x, x > $1)', intLists(depth - 1), ints(depth - 1)),
    join('$0.map(x, x > 0, x + 1)', intLists(depth - 1)),
    join('$0.distinct()', intLists(depth - 1)),
    join('$0.sortBy(x, -x)', intLists(depth - 1)),
  ])
const stringLists: Make = (depth) =>
  either(one('cmd.names', "['a', 'b']", 'cmd.lines.map(l, l.sku)'), depth, () => [
    join('$0.map(x, x + $1)', stringLists(depth - 1), strings(depth - 1)),
    join('$0.filter(x, x != $1)', stringLists(depth - 1), strings(depth - 1)),
    join('$0.distinct()', stringLists(depth - 1)),
    join("$0.split('b')", strings(depth - 1)),
  ])
const expressions = fc.oneof(
  ints(3),
  doubles(2),
  strings(3),
  bools(3),
  intLists(3),
  stringLists(2),
  one('cmd.when', 'cmd.lines.distinct()', "cmd.when + duration('1h30m')", '{"a": cmd.a, "b": [cmd.s]}'),
)

type Numbers = { readonly a: number; readonly b: number; readonly d: number }
type Outcome = { readonly value: Json } | { readonly error: string }

function outcomeOf(run: () => unknown): Outcome {
  try {
    return { value: JSON.parse(JSON.stringify(run() ?? null)) as Json }
  } catch (error) {
    return { error: String(error) }
  }
}

/** The printed expression as a function of its data. */
function translated(ast: Parameters<typeof printValue>[0]): {
  readonly source: string
  readonly run: (data: object) => unknown
} {
  const uses = new Set<FunctionName | 'RE2JS'>()
  const { text: source } = printValue(ast, { variables: VARIABLES, known: new Set(), uses })
  const functions = functionTexts(uses).map(withoutTypes).join('\n')
  const run = new Function(
    'data',
    'RE2JS',
    `${functions}\nreturn (${withoutTypes(`const it = ${source}`).replace(/^const it = /, '')})`,
  )
  return { source, run: (given) => run(given, RE2JS) as unknown }
}

function withoutTypes(typescript: string): string {
  return stripTypeScriptTypes(typescript)
}

describe('TypeScript written from CEL', () => {
  test('says what CEL says, or fails as it does', () => {
    let valued = 0
    fc.assert(
      fc.property(expressions, fc.array(data, { minLength: 3, maxLength: 3 }), (source, samples) => {
        const compiled = compileExpression(source, { variables: TYPES }, PLACE)
        if (!compiled.ok) return
        const program = translated(compiled.expression.ast)
        for (const sample of samples) {
          const expected = outcomeOf(() => compiled.expression.evaluate({ cmd: sample }))
          if ('value' in expected) valued++
          same(source, program, sample, expected)
        }
      }),
      { numRuns: 1500 },
    )
    assert.ok(valued > 1500, `only ${valued} had a value`)
  })

  function same(
    source: string,
    { source: typescript, run }: ReturnType<typeof translated>,
    sample: Numbers,
    expected: Outcome,
  ): void {
    const given = outcomeOf(() => run(sample))
    // Beyond 2^53 a number is not exact, so TypeScript fails where CEL goes on and may come back.
    if ('error' in given && given.error.includes('no whole number') && isLarge(sample, source)) return
    // A product that is only compared is not written down, so beyond 2^63 TypeScript goes on where CEL fails.
    if ('error' in expected && expected.error.includes('integer overflow') && isLarge(sample, source)) return
    const where = [source, typescript, JSON.stringify(sample), JSON.stringify([given, expected])].join('\n')
    if ('value' in expected) assert.deepEqual('value' in given ? given.value : given, expected.value, where)
    else assert.ok('error' in given, where)
  }

  /** Whether the expression can reach 2^53: each product takes the largest number once more. */
  function isLarge({ a, b, d }: Numbers, source: string): boolean {
    const largest = Math.max(Math.abs(a), Math.abs(b), Math.abs(d), 100)
    return largest ** source.split('*').length >= 2 ** 50
  }

  test('fails where a whole number leaves what can be kept exactly, and at the division by nothing', () => {
    for (const source of [
      'cmd.a + cmd.b',
      'cmd.a * cmd.b',
      'cmd.a - cmd.b',
      'cmd.a / cmd.b',
      'cmd.a % cmd.b',
    ]) {
      const compiled = compileExpression(source, { variables: TYPES }, PLACE)
      assert.ok(compiled.ok)
      const { run } = translated(compiled.expression.ast)
      for (const [a, b] of [
        [Number.MAX_SAFE_INTEGER, 1],
        [Number.MAX_SAFE_INTEGER, 3],
        [Number.MIN_SAFE_INTEGER, 2],
        [3_037_000_500, 3_037_000_500],
        [7, 0],
      ]) {
        const expected = outcomeOf(() =>
          compiled.expression.evaluate({ cmd: { ...EMPTY, a: a ?? 0, b: b ?? 0 } }),
        )
        const given = outcomeOf(() => run({ a, b }))
        assert.equal(
          'value' in given,
          'value' in expected,
          `${source} of ${a}, ${b}: ${JSON.stringify([given, expected])}`,
        )
        if ('value' in expected) assert.deepEqual(given, expected)
      }
    }
  })

  test('reads as a person would write it', async () => {
    const shown: readonly (readonly [string, string])[] = [
      ['cmd.a <= cmd.b', 'data.a <= data.b'],
      ['size(cmd.lines) > 0', 'data.lines.length > 0'],
      ['size(cmd.s) == 0', 'data.s.length === 0'],
      [
        'size(cmd.lines.map(l, l.sku).distinct()) == size(cmd.lines)',
        'new Set(data.lines.map((l) => l.sku)).size === data.lines.length',
      ],
      ['has(cmd.note)', 'data.note !== undefined'],
      ["!has(cmd.note) || cmd.note != 'x'", "data.note === undefined || data.note !== 'x'"],
      ['!(cmd.s in cmd.names)', '!data.names.includes(data.s)'],
      ["cmd.s + '-' + cmd.t", ['`$', '{data.s}-$', '{data.t}`'].join('')],
      ['cmd.names + [cmd.s]', '[...data.names, data.s]'],
      ['cmd.a / 2', 'Math.trunc(data.a / 2)'],
      ["cmd.s.matches('^[A-Z]{3}-[0-9]+$')", '/^[A-Z]{3}-[0-9]+$/u.test(data.s)'],
      [
        "cmd.when > timestamp('2026-01-01T00:00:00Z') - duration('1h')",
        "Date.parse(data.when) > timeOf('2026-01-01T00:00:00Z') - 3_600_000",
      ],
      ['cmd.lines.exists(l, l.quantity > 10000)', 'data.lines.some((l) => l.quantity > 10_000)'],
      ["cmd.flag ? 'a' : cmd.s", "data.flag ? 'a' : data.s"],
    ]
    for (const [source, expected] of shown) {
      const compiled = compileExpression(source, { variables: TYPES }, PLACE)
      assert.ok(compiled.ok, source)
      const { source: typescript } = translated(compiled.expression.ast)
      assert.equal((await formatted(typescript)).trim().replace(/^;/, ''), expected)
    }
  })

  test('a pattern becomes a RegExp only where both engines mean the same, and it cannot take long', () => {
    for (const pattern of ['^[A-Z]{3}$', 'abc', '^a+$', '^(?:cash|card)$', '^\\d{4}-\\d{2}$', 'a/b'])
      assert.ok(regExpLiteral(pattern), pattern)
    for (const pattern of ['^(a+)+$', 'a.b', '\\s', '(?i)x', '^a*b*$', 'a+', '\\bx', '^.*$', '(a|b)*c', ''])
      assert.equal(regExpLiteral(pattern), undefined, pattern)
  })
})

const EMPTY = {
  d: 0,
  s: '',
  t: '',
  flag: true,
  when: '2026-01-01T00:00:00Z',
  kind: 'cash',
  lines: [],
  numbers: [],
  names: [],
  free: 1,
}
