import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const FIXTURE = fileURLToPath(new URL('./fixtures/full-disk.ts', import.meta.url))
const IN_SMALL_DISK = 'mount -t tmpfs -o size=4m none "$0" && exec "$@"'

function freshFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'eventwright-full-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A disk of 4 MB that only the program and its children see, and that ends with them; no right of an administrator is needed. */
function onSmallDisk(folder: string, args: readonly string[]) {
  return spawnSync('unshare', ['-Urm', 'sh', '-c', IN_SMALL_DISK, folder, ...args], options)
}

const options = { encoding: 'utf8', timeout: 60_000 } as const

function canMount(folder: string): boolean {
  return onSmallDisk(folder, ['true']).status === 0
}

test('on a full disk orders are refused and nothing is half done; with space again all goes on where it was', (context) => {
  const folder = freshFolder(context)
  // Where the kernel lets nobody mount, SQLite itself finds no more pages: the same error, without the disk.
  const how = canMount(folder) ? 'disk' : 'pages'
  const args = [process.execPath, FIXTURE, folder, how] as const
  const ended = how === 'disk' ? onSmallDisk(folder, args) : spawnSync(args[0], args.slice(1), options)
  assert.equal(ended.status, 0, ended.stderr)
  const { refused, again, later, placed, reserved, orders, ready, ...whileFull } = JSON.parse(ended.stdout)
  assert.match(refused, /^StorageFailed: .*store\.db: the disk is full, make space and try again$/)
  assert.deepEqual([again, later], ['placed', 'placed'])
  assert.deepEqual(placed, ['OrderPlaced,OrderConfirmed'], 'every order was confirmed, once')
  assert.equal(reserved, orders)
  assert.equal(ready, true)
  if (how === 'pages') return
  assert.equal(whileFull.diskSays, 'ENOSPC')
  assert.ok(whileFull.headWhileFull > 0, 'what was committed is read')
  assert.match(whileFull.opening, /cannot open .*beside\.db: the disk is full$/)
  // Whoever had work to do says so, in health and in the log, and is tried again with growing pauses.
  for (const file of ['store.db', 'broker.db']) {
    assert.ok(whileFull.troubles.some((text: string) => text.includes(`${file}: the disk is full`)))
    assert.ok(whileFull.told.some((text: string) => text.includes(`${file}: the disk is full`)))
  }
  assert.ok(whileFull.toldWhileFull < 100)
})
