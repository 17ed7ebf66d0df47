import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readDocument, root } from './documents.ts'

test('every guarantee of the README names a test that is there', () => {
  const promises = readDocument('README.md').rows.filter(({ heading }) => heading === 'Guarantees')
  assert.ok(promises.length >= 10, 'the table was found')
  assert.deepEqual(
    promises.flatMap(({ cells: [promise = '', guard = ''] }) => faultOf(promise, guard)),
    [],
  )
})

function faultOf(promise: string, guard: string): readonly string[] {
  const [, file = '', name = ''] = /^\[[^\]]+\]\(([^)]+)\): "(.+)"$/.exec(guard) ?? []
  if (name === '') return [`${promise} ${guard}: write [file](path): "test name"`]
  if (!existsSync(join(root, file))) return [`${promise} ${file} is not there`]
  const text = readFileSync(join(root, file), 'utf8')
  // The whole name of the test, or (of a generated one) its fixed end.
  const there = ["'", '"', '`'].some((quote) => text.includes(`${name}${quote}`))
  return there ? [] : [`${promise} ${file} has no test "${name}"`]
}
