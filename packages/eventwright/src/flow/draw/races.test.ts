import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { COMMAND_HANDLED, type RecordedEvent } from '@eventwright/core'
import { loadFlow } from '../parse/index.ts'
import { runFlow, type ScenarioResult } from '../run/index.ts'
import { inOrder } from './in-order.ts'
import { momentsOf } from './moments.ts'
import { sagaRuns } from './saga-run.ts'
import { drawScenario } from './scenario.ts'
import { segmentsOf } from './segments.ts'

const loaded = await loadFlow([join(import.meta.dirname, 'fixtures/races.yaml')])
const flow = loaded.flow ?? assert.fail(JSON.stringify(loaded.findings))
const results = await runFlow(flow)
const sideBySide = named('side by side')

function named(name: string): ScenarioResult {
  return results.find(({ scenario }) => scenario.name === name) ?? assert.fail(name)
}

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

/** Every place among the others that some events may have had, from one of them to another. */
function elsewhere(
  isMoved: (event: RecordedEvent) => boolean,
  from: string,
  to: string,
): readonly ScenarioResult[] {
  const others = sideBySide.recording.log.filter((event) => !isMoved(event))
  const holds = (text: string) => (event: RecordedEvent) => JSON.stringify(event).includes(text)
  const first = others.findLastIndex(holds(from)) + 1
  const last = to === '' ? others.length : others.findIndex(holds(to))
  assert.ok(first > 0 && last > first + 2)
  const places = Array.from({ length: last - first + 1 }, (_, index) => first + index)
  // An answer is written with the events that it answers with.
  const between = places.filter((place) => others[place]?.type !== COMMAND_HANDLED)
  return between.map((place) => moved(sideBySide, isMoved, place))
}

test('branches that run side by side are drawn alike, whichever is faster', () => {
  const drawn = drawScenario(flow, sideBySide)
  const isOther = (event: RecordedEvent): boolean =>
    event.stream.endsWith('Part-j-1-z') ||
    (event.type === 'eventwright.saga.StepCompleted' &&
      JSON.stringify(event.data).includes('parallel-1/other'))
  for (const result of elsewhere(isOther, '"path":"parallel-1/other"', '"path":"given"')) {
    assert.equal(drawScenario(flow, result), drawn)
  }
  const parts = drawn.split('\n').flatMap((line) => /service_parts.*: (.*)/.exec(line)?.[1] ?? [])
  assert.deepEqual(parts, [
    ...['Make (a)', 'Made (a)', 'Make (b)', 'Made (b)', 'Make (j-1-z)', 'Made (j-1-z)'],
    ...['Order (j-1)', 'Ordered (j-1)'],
  ])
})

test('two sagas that one event starts are drawn alike, whichever is faster, but for the order of a stream', () => {
  const isTelling = ({ stream, metadata }: RecordedEvent): boolean =>
    stream.startsWith('saga:Telling') || String(metadata.saga).startsWith('saga:Telling')
  const drawn = elsewhere(isTelling, '"type":"JobStarted"', '').map((result) => {
    const reading = { flow, runs: sagaRuns(result.recording.log), sent: new Set<string>() }
    const [, segment = assert.fail()] = segmentsOf(result.recording)
    const board = inOrder(momentsOf(reading, segment)).flatMap(({ event }) =>
      event?.stream === 'Board-board' ? event.version : [],
    )
    assert.deepEqual(board, [1, 2])
    return drawScenario(flow, result)
  })
  assert.ok(new Set(drawn).size <= 2, 'one for each that may be the first on the board')
  assert.match(drawn[0] ?? '', /service_board-->>saga_Telling: Told \(board\)/)
})

test('of two timers in one passing of time the one that was due first stands first', () => {
  const lines = drawScenario(flow, named('one after the other')).split('\n')
  const undone = lines.filter((line) => line.includes('service_parts: Undo ('))
  assert.deepEqual(
    undone.map((line) => line.trim()),
    ['saga_Making->>service_parts: Undo (j-2)', 'saga_Making->>service_parts: Undo (j-1)'],
  )
})

test('where nobody does anything the services stand by', () => {
  const services = ['jobs', 'parts', 'board']
    .map((name) => `  participant service_${name} as ${name}\n`)
    .join('')
  const over = '  Note over service_jobs,service_board: '
  assert.equal(
    drawScenario(flow, named('nothing but time')),
    `sequenceDiagram\n${services}${over}1m 30s pass\n`,
  )
  assert.equal(
    drawScenario(flow, named('nothing at all')),
    `sequenceDiagram\n${services}${over}nothing happens\n`,
  )
})
