import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { LONGEST, longestFirst } from './longest-first.mjs'
import { root } from './setup.mjs'

test('the longest come first, the others in their order, and none is lost or added', () => {
  assert.deepEqual(longestFirst(['a', 'b', 'c', 'd'], ['d', 'x', 'b']), ['d', 'b', 'a', 'c'])
})

test('each file that is known to be long is there', () => {
  assert.deepEqual(
    LONGEST.filter((file) => !existsSync(join(root, file))),
    [],
  )
})
