import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { upgradeSqlite } from './upgrade.ts'

const sets = [{ name: 'store' as const, migrations: [{ version: 1, sql: 'CREATE TABLE t (a)' }] }]

test('of those who upgrade one file at the same time, one tells what it did, the others that nothing was left', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'eventwright-upgrade-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'a.db')
  const told = await Promise.all(Array.from({ length: 3 }, () => upgradeSqlite(path, {}, sets)))
  const froms = told.map(({ tables }) => tables[0]?.from)
  assert.deepEqual(froms.toSorted(), [0, 1, 1])
  for (const { sql, tables } of told) assert.equal(sql === '', tables[0]?.from === 1)
})
