import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { newsOfNotice, noticeOf } from './notice.ts'

const name = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('t', 'e', ',', ' ', 'a b', '%', '"'))

test('a notice says what was changed, or that anything may have been', () => {
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.boolean(),
      fc.uniqueArray(name, { maxLength: 20 }),
      fc.constantFrom('"eventwright"', '"my schema"'),
      (events, timers, names, schema) => {
        const news = { events, timers, collections: new Set(names) }
        const payload = noticeOf('0198-aa', schema, news)
        assert.ok(payload.startsWith('0198-aa ') && payload.endsWith(` ${schema}`))
        assert.deepEqual(newsOfNotice(payload, schema), news)
      },
    ),
  )
})

test('a notice that would be too long for PostgreSQL, or that an older release sent, stands for anything', () => {
  const names = Array.from({ length: 1000 }, (_, at) => `collection-${at}`)
  const payload = noticeOf('s', '"x"', { events: false, timers: false, collections: new Set(names) })
  assert.ok(payload.length < 8000)
  for (const text of [payload, 's "x"', 'joined "x"']) assert.equal(newsOfNotice(text, '"x"'), undefined)
})
