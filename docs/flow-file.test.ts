import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { memory } from '@eventwright/core'
import { checkFlow, loadFlow, runFlow } from 'eventwright'
import { parse } from 'yaml'
import { type Document, documents, readDocument } from './documents.ts'
import { dataOf, flowFences, textOf, wrapped } from './flow-fragments.ts'
import { isKey, keysOfRow, known, pathsIn } from './flow-keys.ts'
import type { Fence } from './markdown.ts'
import { objectOf } from './objects.ts'
import { workshop } from './workshop.ts'

const GUIDE = 'docs/flow-file.md'
const place = workshop()
after(() => place.dispose())

const guide = readDocument(GUIDE)

test('the guide has every key of the flow file, and no other', () => {
  const documented = guide.rows.filter(({ head }) => head[1] === 'takes').flatMap(keysOfRow)
  const unknown = documented.filter((key) => !known.some((path) => isKey(path, key)))
  const missing = known.filter((path) => !documented.some((key) => isKey(path, key)))
  assert.deepEqual({ unknown, missing }, { unknown: [], missing: [] })
})

test('every key stands in an example of the guide', () => {
  const shown = new Set(flowFences(guide).flatMap((fence) => pathsIn(dataOf(guide, fence), '')))
  assert.deepEqual(
    known.filter((path) => !shown.has(path)),
    [],
  )
})

for (const document of documents()) {
  for (const fence of document.fences.filter(isFile)) {
    place.write(join(folderOf(document), fence.options.get('file') ?? ''), fence.text)
  }
  for (const fence of flowFences(document)) {
    const finds = fence.options.get('finds')?.split(',') ?? []
    test(`${document.path}:${fence.line} is a flow ${finds.length === 0 ? 'without findings' : `with ${finds}`}`, async () => {
      const file = join(folderOf(document), `line-${fence.line}.flow.yaml`)
      place.write(file, textOf(document, fence))
      const loaded = await loadFlow([join(place.folder, file)])
      const open = checkFlow(loaded).findings.filter(({ suppressed }) => suppressed === undefined)
      assert.deepEqual(
        open
          .filter(({ code }) => !finds.includes(code))
          .map(({ code, place, message }) => `${place.line} ${code}: ${message}`),
        [],
      )
      assert.deepEqual([...new Set(open.map(({ code }) => code))].sort(), [...finds].sort())
      if (loaded.flow) await runOwnScenarios(loaded.flow, document, fence)
    })
  }
}

/** Those of the block itself: a fragment may change what the whole flow's own scenarios tell. */
async function runOwnScenarios(
  flow: Parameters<typeof runFlow>[0],
  document: Document,
  fence: Fence,
): Promise<void> {
  const { scenarios = {} } = objectOf(wrapped(fence, parse(fence.text)))
  const names = Object.keys(objectOf(scenarios))
  if (names.length === 0) return
  const engine = memory()
  const results = await runFlow(flow, { store: engine, broker: engine, scenarios: names })
  assert.equal(results.length, names.length)
  const failed = results.filter(({ verdict }) => verdict === 'failed')
  if (fence.options.has('fails')) {
    assert.equal(failed.length, Number(fence.options.get('fails')))
    return
  }
  assert.deepEqual(
    failed.map(({ scenario, judgement, happened }) => ({
      scenario: scenario.name,
      differences: judgement?.differences.map(({ message }) => message),
      happened: happened.events.map(({ type }) => type),
      faults: happened.faults,
    })),
    [],
    document.path,
  )
}

function isFile({ options, language }: Fence): boolean {
  return options.has('file') && language !== 'sh'
}

function folderOf({ path }: Document): string {
  return path.replaceAll('/', '-')
}
