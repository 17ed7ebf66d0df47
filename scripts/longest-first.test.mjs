import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { LONGEST, longestFirst, WAITING } from './longest-first.mjs'
import { root } from './setup.mjs'

test('the longest come first, the others in their order, and none is lost or added', () => {
  assert.deepEqual(longestFirst(['a', 'b', 'c', 'd'], ['d', 'x', 'b']), ['d', 'b', 'a', 'c'])
})

test('each file that is known to be long, or to wait, is there, and is one of the two', () => {
  assert.deepEqual(
    [...LONGEST, ...WAITING].filter((file) => !existsSync(join(root, file))),
    [],
  )
  assert.deepEqual(
    WAITING.filter((file) => LONGEST.includes(file)),
    [],
  )
})
