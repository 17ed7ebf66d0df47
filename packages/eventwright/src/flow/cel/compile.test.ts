import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Field, FieldType, Json, Scope } from '../model/index.ts'
import { compileExpression, ExpressionError } from './index.ts'

const place = { file: 'shop.yaml', line: 3, column: 5, length: 4 }
const field = (name: string, type: FieldType, optional = false): Field => ({
  name,
  type,
  optional,
  example: null,
  schema: {},
  place,
})
const line: FieldType = {
  kind: 'object',
  open: false,
  fields: [
    field('sku', { kind: 'string' }),
    field('quantity', { kind: 'int' }),
    field('gift', { kind: 'string' }, true),
  ],
}
const cmd: FieldType = {
  kind: 'object',
  open: false,
  fields: [
    field('total', { kind: 'int' }),
    field('rate', { kind: 'double' }),
    field('note', { kind: 'string' }, true),
    field('lines', { kind: 'list', element: line }),
    field('at', { kind: 'timestamp' }),
    field('extra', { kind: 'any' }),
  ],
}
const variables = new Map<string, FieldType>([
  ['cmd', cmd],
  ['now', { kind: 'timestamp' }],
])
const values: Scope = {
  cmd: {
    total: 4200,
    rate: 0.5,
    lines: [
      { sku: 'b', quantity: 2 },
      { sku: 'a', quantity: 1 },
      { sku: 'b', quantity: 2 },
    ],
    at: '2026-01-01T00:00:00.000Z',
    extra: { n: 1 },
  },
  now: '2026-01-02T00:00:00.000Z',
}

function run(source: string, scope: Scope = values): Json {
  const compiled = compileExpression(source, { variables }, place)
  if (!compiled.ok) throw new Error(compiled.problems[0]?.message)
  return compiled.expression.evaluate(scope)
}

function problem(source: string): string {
  const compiled = compileExpression(source, { variables }, place)
  if (compiled.ok) return 'fine'
  return `${compiled.problems[0]?.kind}: ${compiled.problems[0]?.message}`
}

test('integers go in and come out as plain numbers, also in lists, objects and untyped data', () => {
  assert.equal(run('cmd.total + 1'), 4201)
  assert.deepEqual(run('cmd.lines.map(l, l.quantity * 10)'), [20, 10, 20])
  assert.deepEqual(run('{"sku": cmd.lines[0].sku, "n": cmd.total}'), { sku: 'b', n: 4200 })
  assert.equal(run('cmd.extra.n + 1'), 2)
  assert.deepEqual(run('cmd.lines[0]'), { sku: 'b', quantity: 2 })
})

test('timestamps compare and come back as ISO dates', () => {
  assert.equal(run('cmd.at < now'), true)
  assert.equal(run('now'), '2026-01-02T00:00:00.000Z')
})

test('lists have sum, min, max, distinct and sortBy, as functions and as methods', () => {
  assert.equal(run('sum(cmd.lines.map(l, l.quantity))'), 5)
  assert.equal(run('cmd.lines.map(l, l.quantity).sum()'), 5)
  assert.equal(run('cmd.lines.map(l, l.quantity).max() - min(cmd.lines.map(l, l.quantity))'), 1)
  assert.deepEqual(run('cmd.lines.map(l, l.sku).distinct()'), ['b', 'a'])
  assert.equal(run('size(distinct(cmd.lines))'), 2)
  assert.equal(run('cmd.lines.sortBy(l, l.quantity)[0].sku'), 'a')
  assert.deepEqual(run('cmd.lines.sortBy(l, l.sku).map(l, l.quantity)'), [1, 2, 2])
})

test('the sum of an empty list is 0', () => {
  assert.equal(run('sum(cmd.lines.map(l, l.quantity))', { ...values, cmd: { lines: [] } }), 0)
})

test('matches is linear in the text and is not confused by text in quotes', () => {
  const started = performance.now()
  assert.equal(run('"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!".matches("^(a+)+$")'), false)
  // Back-tracking would take hours.
  assert.ok(performance.now() - started < 30_000)
  assert.equal(run('".matches(" + "x"'), '.matches(x')
})

test('unknown variables and fields, wrong types and broken syntax are found before anything runs', () => {
  assert.equal(problem('cmd.totl > 1'), 'unknown-field: No such key: totl.')
  assert.equal(problem('order.total > 1'), 'unknown-variable: Unknown variable: order.')
  assert.equal(problem('cmd.total + "x"'), 'type: no such overload: int + string.')
  assert.equal(problem('cmd.total > '), 'syntax: Unexpected token: EOF.')
  assert.equal(problem('has(cmd.nope)'), 'unknown-field: There is no field `nope` in `cmd`.')
  assert.equal(
    problem('cmd.total.matches("x")'),
    "type: found no matching overload for 'int.matches(string)'.",
  )
})

test('an optional field needs a has() on every way to it', () => {
  const unguarded = 'unguarded: `cmd.note` may be absent.'
  assert.equal(problem('cmd.note == "x"'), unguarded)
  assert.equal(problem('has(cmd.note) && cmd.note == "x"'), 'fine')
  assert.equal(problem('has(cmd.note) || cmd.note == "x"'), unguarded)
  assert.equal(problem('!has(cmd.note) || cmd.note == "x"'), 'fine')
  assert.equal(problem('has(cmd.note) ? cmd.note : "none"'), 'fine')
  assert.equal(problem('has(cmd.note) ? "none" : cmd.note'), unguarded)
  assert.equal(problem('cmd.lines.all(l, l.gift != "")'), 'unguarded: `l.gift` may be absent.')
  assert.equal(problem('cmd.lines.all(l, !has(l.gift) || l.gift != "")'), 'fine')
  assert.equal(problem('cmd.lines.map(l, has(l.gift), l.gift)'), 'fine')
})

test('a written pattern that is none is found before it runs', () => {
  assert.match(problem('"a".matches("(((")'), /^syntax: The pattern is none: missing closing \)/)
  assert.match(problem('"a".matches("a(?=b)")'), /^syntax: The pattern is none/)
  assert.equal(problem('"a".matches("^(a+)+$")'), 'fine')
})

test('members of an enumerated target are constants, and a variable of that name wins', () => {
  const compiled = compileExpression('placed', { variables, constants: ['placed', 'now'] }, place)
  assert.equal(compiled.ok && compiled.expression.evaluate(values), 'placed')
  const shadowed = compileExpression('now', { variables, constants: ['placed', 'now'] }, place)
  assert.equal(shadowed.ok && shadowed.expression.evaluate(values), '2026-01-02T00:00:00.000Z')
})

test('an error at run time is an ExpressionError with the place, not a value', () => {
  assert.throws(
    () => run('cmd.total / (cmd.total - 4200) > 1'),
    (error: unknown) => {
      assert.ok(error instanceof ExpressionError)
      assert.match(error.message, /shop\.yaml:3:5 failed: division by zero/)
      return true
    },
  )
  assert.throws(() => run('9007199254740993'), /beyond 2\^53/)
  assert.throws(
    () => run('min(cmd.lines.map(l, l.quantity))', { ...values, cmd: { lines: [] } }),
    ExpressionError,
  )
})
