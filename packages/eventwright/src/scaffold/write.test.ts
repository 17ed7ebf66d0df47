import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { type TestContext, test } from 'node:test'
import type { ScaffoldFile } from './file.ts'
import { checkFree, writeTree } from './write.ts'

const file = (path: string, text = path): ScaffoldFile => ({ path, text, owner: 'yours' })

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "eventwright it's-"))
  t.after(() => rm(path, { recursive: true, force: true }))
  return path
}

test('a tree is written whole, with its folders, and scripts can be run', async (t) => {
  const into = join(await folder(t), 'new', 'deep')
  await writeTree({ folder: into, files: [file('a/b.txt'), { ...file('run.sh'), executable: true }] })
  assert.equal(readFileSync(join(into, 'a/b.txt'), 'utf8'), 'a/b.txt')
  assert.equal(statSync(join(into, 'run.sh')).mode & 0o111, 0o111)
  assert.deepEqual(readdirSync(join(into, '..')), ['deep'])
})

test('an empty folder is filled; one that is not, a file and a link are left as they are', async (t) => {
  const root = await folder(t)
  mkdirSync(join(root, 'empty'))
  await writeTree({ folder: join(root, 'empty'), files: [file('a')] })
  assert.deepEqual(readdirSync(join(root, 'empty')), ['a'])
  await assert.rejects(
    writeTree({ folder: join(root, 'empty'), files: [file('b')] }),
    /is not empty.*--update/,
  )
  writeFileSync(join(root, 'file'), 'mine')
  await assert.rejects(checkFree(join(root, 'file')), /is no folder/)
  symlinkSync(join(root, 'nowhere'), join(root, 'link'))
  await assert.rejects(checkFree(join(root, 'link')), { code: 'CannotScaffold' })
  assert.deepEqual(readdirSync(join(root, 'empty')), ['a'])
})

test('what fails in the middle leaves nothing, not even the folders on the way', async (t) => {
  const root = await folder(t)
  const into = join(root, 'new', 'deep', 'service')
  // The second file needs a folder where the first one is a file.
  await assert.rejects(writeTree({ folder: into, files: [file('a'), file('a/b')] }), {
    code: /ENOTDIR|EEXIST/,
  })
  assert.deepEqual(readdirSync(root), [])
})

test('a full disk, and an end in the middle, leave nothing', {
  skip: process.platform === 'win32',
}, async (t) => {
  const root = await folder(t)
  const program = join(import.meta.dirname, 'fixtures/write-large.ts')
  // A limit on the size of files stands for the disk: writing beyond it fails in the same place.
  for (const [limit, how, status] of [
    ['ulimit -f 64', 'whole', 1],
    ['true', 'exit', 9],
  ] as const) {
    const script = `${limit}; exec "$0" "$1" "$2" "$3"`
    const args = ['-c', script, process.execPath, program, join(root, 'service'), how]
    const ended = spawnSync('bash', args, { encoding: 'utf8', timeout: 60_000 })
    assert.equal(ended.status, status, ended.stderr)
    assert.match(ended.stdout, /the first is there/)
    assert.deepEqual(readdirSync(root), [])
  }
})

test('a folder that may not be written in is told as such', {
  skip: process.platform === 'win32',
}, async (t) => {
  // Permissions do not bind root; a file system of the kernel's does.
  const root = process.getuid?.() === 0 ? '/proc' : await folder(t)
  if (root !== '/proc') chmodSync(root, 0o500)
  await assert.rejects(writeTree({ folder: join(root, 'service'), files: [file('a')] }), {
    code: /EACCES|ENOENT|EPERM/,
  })
})
