import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { folderWith } from './fixtures/command.ts'

test('a disk that is full in the middle leaves what was there', {
  skip: process.platform === 'win32',
}, (t) => {
  const folder = folderWith(t, { 'first.txt': 'old' })
  const program = `
    import { writeFiles } from ${JSON.stringify(join(import.meta.dirname, 'write-files.ts'))}
    const files = [{ path: 'first.txt', text: 'new' }, { path: 'second.txt', text: 'x'.repeat(200_000) }]
    await writeFiles(${JSON.stringify(folder)}, files).catch(({ code }) => console.log(code))`
  // A limit on the size of files stands for the disk: writing beyond it fails in the same place.
  const args = ['-c', 'ulimit -f 64; exec "$0" --input-type=module --eval "$1"', process.execPath, program]
  const { stdout, stderr } = spawnSync('bash', args, { encoding: 'utf8', timeout: 60_000 })
  assert.equal(stdout, 'EFBIG\n', stderr)
  assert.deepEqual(readdirSync(folder), ['first.txt'])
  assert.equal(readFileSync(join(folder, 'first.txt'), 'utf8'), 'old')
})
