import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { RecordedEvent } from '@eventwright/core'
import { loadFlow } from '../parse/index.ts'
import { runFlow, type ScenarioResult } from '../run/index.ts'
import { drawScenario } from './scenario.ts'

const { flow } = await loadFlow([join(import.meta.dirname, 'fixtures/races.yaml')])
assert.ok(flow)
const [sideBySide, oneAfterTheOther] = await runFlow(flow)
assert.ok(sideBySide && oneAfterTheOther)

/** The log as it would be had the events of one branch come at another place: whole numbers, no gaps. */
function moved(
  result: ScenarioResult,
  isMoved: (event: RecordedEvent) => boolean,
  to: number,
): ScenarioResult {
  const { log, acts } = result.recording
  const others = log.filter((event) => !isMoved(event))
  const versions = new Map<string, number>()
  const again = [...others.slice(0, to), ...log.filter(isMoved), ...others.slice(to)].map((event, index) => {
    const version = (versions.get(event.stream) ?? 0) + 1
    versions.set(event.stream, version)
    return { ...event, version, position: index + 1 }
  })
  return { ...result, recording: { log: again, acts } }
}

test('branches that run side by side are drawn alike, whichever is faster', () => {
  const drawn = drawScenario(flow, sideBySide)
  const { log } = sideBySide.recording
  const isOther = ({ stream, type, data }: RecordedEvent): boolean =>
    stream.endsWith('Part-j-1-z') ||
    (type === 'eventwright.saga.StepCompleted' && JSON.stringify(data).includes('parallel-1/other'))
  const others = log.filter((event) => !isOther(event))
  const earliest = others.findLastIndex(({ data }) => JSON.stringify(data).includes('"parallel-1/other"')) + 1
  const latest = others.findIndex(({ data }) => JSON.stringify(data).includes('"path":"given"'))
  assert.ok(earliest > 0 && latest > earliest + 3)
  for (let place = earliest; place <= latest; place++) {
    assert.equal(drawScenario(flow, moved(sideBySide, isOther, place)), drawn)
  }
  const lines = drawn.split('\n').map((line) => line.trim())
  assert.ok(
    lines.indexOf('service_parts-->>saga_Making: Made (b)') <
      lines.indexOf('saga_Making->>service_parts: Order (j-1)'),
  )
})

test('of two timers in one passing of time the one that was due first stands first', () => {
  const lines = drawScenario(flow, oneAfterTheOther).split('\n')
  const undone = lines.filter((line) => line.includes('service_parts: Undo ('))
  assert.deepEqual(
    undone.map((line) => line.trim()),
    ['saga_Making->>service_parts: Undo (j-2)', 'saga_Making->>service_parts: Undo (j-1)'],
  )
})
