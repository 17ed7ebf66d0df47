import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { catalog, rebuildProjection } from '@eventwright/core'
import { writeDocuments } from './write-documents.ts'

test('what was there stays, and nothing half written, where the writing is ended', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'eventwright-write-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'all.ndjson')
  writeFileSync(file, 'before')
  const shop = catalog<{ Placed: Record<never, never> }>({ namespace: 'com.example.shop' })
  const rebuild = rebuildProjection(shop.projection('all', 1, { Placed: () => {} }))
  const ended = new AbortController()
  ended.abort(new RangeError('Ctrl-C'))
  await assert.rejects(writeDocuments(file, rebuild, ended.signal), /Ctrl-C/)
  assert.deepEqual([readdirSync(folder), readFileSync(file, 'utf8')], [['all.ndjson'], 'before'])
  await writeDocuments(file, rebuild, new AbortController().signal)
  assert.equal(readFileSync(file, 'utf8'), '')
})
