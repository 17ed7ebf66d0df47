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

test('a scenario that the flow has not is one clear error and exit 3, and nothing is run', () => {
  const args = [join(import.meta.dirname, 'main.ts'), '--scenario', 'NOPE']
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  assert.equal(status, 3, stderr)
  assert.match(stderr, /The flow has no scenario 'NOPE', only .*an order is fulfilled/)
  assert.equal(stdout, '')
})
