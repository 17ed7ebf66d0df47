import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Feed } from './feed.ts'

test('messages that are small but for their headers take room too', () => {
  const source = { topic: 't', topicId: 'id', partition: 0 }
  const feed = new Feed(source, 0, { came() {}, nothingBefore() {}, lost() {} })
  const headers = { big: 'x'.repeat(900_000) }
  for (let offset = 0; offset < 5; offset += 1) {
    const message = { id: `m-${offset}`, key: null, headers, value: '', ...source, offset, publishedAt: 0 }
    feed.add([message], offset + 1)
  }
  assert.equal(feed.hasRoom, false)
  feed.take(0, 5)
  assert.equal(feed.hasRoom, true)
})
