import assert from 'node:assert/strict'
import { test } from 'node:test'
import { messageBytes } from './message-size.ts'

test('headers weigh what they hold now, and those that cannot change the same each time', () => {
  const headers: { [name: string]: string } = { a: 'é' }
  const message = { id: '1', key: 'ü', headers, value: '{}' }
  assert.equal(messageBytes(message), 8)
  headers.b = 'more'
  assert.equal(messageBytes(message), 13)
  Object.freeze(headers)
  assert.deepEqual([messageBytes(message), messageBytes(message)], [13, 13])
})
