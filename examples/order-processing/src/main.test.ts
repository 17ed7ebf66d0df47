import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { promisify } from 'node:util'

const run = promisify(execFile)

test('the program carries an order from placed to confirmed, twice on one file', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'order-processing-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  for (const _time of [1, 2]) {
    const { stdout, stderr } = await run(process.execPath, [join(import.meta.dirname, 'main.ts')], {
      cwd: folder,
    })
    const [placed, row] = stdout.trimEnd().split('\n')
    assert.equal(placed, 'PlaceOrder: events')
    assert.deepEqual(JSON.parse(row ?? ''), { customerId: 'c-1', total: 4200, status: 'confirmed' })
    assert.equal(stderr, '')
  }
})
