import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parameterOf, withoutParameter, withParameter } from './url.ts'

const word = fc.stringMatching(/^[a-z]{1,6}$/)
const query = fc.array(fc.tuple(word, word), { maxLength: 4 })
const urlOf = (parts: readonly (readonly [string, string])[]): string =>
  `postgres://me:p%3Fw@db/shop${parts.length === 0 ? '' : `?${parts.map((part) => part.join('=')).join('&')}`}`

test('a parameter that was set is read back, whatever signs it has, and the others stay', () => {
  const property = fc.property(query, fc.string({ unit: 'grapheme' }), (parts, value) => {
    const others = parts.filter(([name]) => name !== 'schema')
    const url = withParameter(urlOf(parts), 'schema', value)
    assert.equal(parameterOf(url, 'schema'), value)
    assert.equal(withoutParameter(url, 'schema'), urlOf(others))
  })
  fc.assert(property)
})

test('a parameter that is not there is told so, in a URL without a query too', () => {
  assert.equal(parameterOf('kafka://one:9092,two:9092', 'prefix'), undefined)
  assert.equal(parameterOf('kafka://one:9092?tls=true', 'prefix'), undefined)
  assert.equal(withoutParameter('kafka://one:9092?tls=true', 'prefix'), 'kafka://one:9092?tls=true')
})
