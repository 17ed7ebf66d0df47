import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { literal } from './literal.ts'

test('a literal means the value that it was made of, whatever is in it', async () => {
  const value = fc.jsonValue().map((one) => JSON.parse(JSON.stringify(one)))
  const values = fc.sample(value, 200)
  const hostile = JSON.parse(
    '[{"__proto__": 1, "a-b": "it\'s \\"so\\"", "": "\\u2028\\u2029\\u0000\\\\", "`$`": ["\'", "\\n"]}, "\\ud800"]',
  )
  const all = [...values, hostile]
  const source = `export const values = [${all.map((one) => literal(one)).join(',\n')}]`
  const module: unknown = await import(`data:text/javascript,${encodeURIComponent(source)}`)
  assert.ok(typeof module === 'object' && module !== null && 'values' in module)
  assert.equal(JSON.stringify(module.values), JSON.stringify(all))
})

test('a literal is written as a person writes it', () => {
  assert.equal(literal({ type: 'string', minLength: 1 }), "{ type: 'string', minLength: 1 }")
  assert.equal(literal([]), '[]')
  const long = literal({ items: Array.from({ length: 12 }, (_, index) => ({ name: `item ${index}` })) })
  assert.ok(long.split('\n').every((line) => line.length <= 110))
  assert.match(long, /^\{\n {2}items: \[\n {4}\{ name: 'item 0' \},\n/)
})
