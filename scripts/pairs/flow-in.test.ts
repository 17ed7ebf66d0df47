import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'

test('a flow that is broken, or not there, is one clear error and exit 2', () => {
  for (const [flow, says] of [
    [import.meta.filename, /flow-in\.test\.ts cannot be run: npx eventwright check /],
    [join(import.meta.dirname, 'nothing.yaml'), /There is no file .*nothing\.yaml/],
  ] as const) {
    const args = [join(import.meta.dirname, 'main.ts'), '--flow', flow]
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    assert.equal(status, 2, stderr)
    assert.match(stderr, says)
    assert.doesNotMatch(stderr, /^ {4}at /m)
  }
})
