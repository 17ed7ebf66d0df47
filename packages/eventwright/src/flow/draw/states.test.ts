import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadFlow } from '../parse/index.ts'
import { drawFlow, subjectsOf } from './index.ts'

test('an event that creates no state leads nowhere, and is not drawn', async () => {
  const { draft } = await loadFlow([
    join(import.meta.dirname, '../check/fixtures/event-creates-no-state/flow.yaml'),
  ])
  assert.ok(draft)
  const aggregates = subjectsOf(draft).filter(({ kind }) => kind === 'aggregate')
  const { diagrams } = await drawFlow(draft, aggregates)
  assert.ok(diagrams.length > 0)
  for (const { text } of diagrams) assert.equal(text, 'stateDiagram-v2\n  state "none" as in_none\n')
})
