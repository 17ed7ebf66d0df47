import assert from 'node:assert/strict'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { missing } from '../../../../../scripts/machine.mjs'
import { type Flow, NONE } from '../model/index.ts'
import { loadFlow } from '../parse/index.ts'
import { render } from './fixtures/chromium.ts'
import { faultOf } from './fixtures/mermaid.ts'
import { type Diagram, drawFlow, subjectsOf } from './index.ts'
import { label } from './label.ts'

const EXAMPLES = '../../../../../skills/building-event-driven-architecture/examples'
let flow: Flow
let diagrams: readonly Diagram[]

before(async () => {
  const loaded = await loadFlow([join(import.meta.dirname, EXAMPLES, 'worked-order-processing.yaml')])
  flow = loaded.flow ?? assert.fail(JSON.stringify(loaded.findings))
  diagrams = (await drawFlow(flow, subjectsOf(flow))).diagrams
})

test('the worked flow is drawn whole: an overview, each aggregate, each scenario', () => {
  const counts = Object.groupBy(diagrams, ({ kind }) => kind)
  assert.equal(counts.overview?.length, 1)
  assert.equal(counts.aggregate?.length, flow.aggregates.size)
  assert.equal(counts.scenario?.length, flow.scenarios.length)
})

test('the real Mermaid takes every diagram', async () => {
  for (const { text } of diagrams) assert.equal(await faultOf(text), undefined, text)
})

test('a real browser shows every diagram with everything that it is about', {
  skip: missing('chromium'),
}, () => {
  const labels = [
    'end',
    '"',
    ';',
    '#59;',
    '<script>alert(1)</script>',
    '`x`',
    '%%{init: {}}%%',
    '**b** _e_',
    '$$x$$',
    '日本 👩‍👩‍👧',
    '\\n',
    '1. one',
  ]
  const shown = render([...diagrams.map(({ text }) => text), ...withLabels(labels)])
  assert.deepEqual(
    shown.flatMap(({ error }) => error ?? []),
    [],
  )
  for (const [index, diagram] of diagrams.entries()) {
    const all = shown[index]?.texts.join('\n') ?? ''
    for (const text of expectedIn(diagram))
      assert.ok(all.includes(text), `${diagram.name} shows no ${text}: ${all}`)
  }
  for (const { texts } of shown.slice(diagrams.length)) {
    assert.deepEqual(
      labels.filter((text) => !texts.includes(text)),
      [],
      texts.join('\n'),
    )
  }
})

/** Diagrams that show labels wherever they stand in what is drawn. */
function withLabels(labels: readonly string[]): readonly string[] {
  const lines = (line: (text: string, index: number) => string): string =>
    labels.map(label).map(line).join('\n')
  return [
    `flowchart LR\n${lines((text, n) => `a${n}["${text}"] -->|"${text}"| b${n}[("${text}")]`)}\n`,
    `stateDiagram-v2\n${lines((text, n) => `state "${text}" as a${n}`)}\n`,
    `stateDiagram-v2\n${lines((text, n) => `a${n} --> b${n} : ${text}`)}\n`,
    `sequenceDiagram\n${lines((text, n) => `participant a${n} as ${text}`)}\n`,
    `sequenceDiagram\n${lines((text) => `a->>b: ${text}\nNote over a: ${text}`)}\n`,
  ]
}

function expectedIn({ kind, name }: Diagram): readonly string[] {
  if (kind === 'overview') return inOverview()
  return kind === 'aggregate' ? inStates(name) : inScenario(name)
}

function inOverview(): readonly string[] {
  const { services, aggregates, topics, sagas, projections, commands } = flow
  const parts = [services, aggregates, topics, sagas, projections, commands]
  return [...parts.flatMap((part) => [...part.keys()]), 'customer', 'warehouse', 'gateway']
}

function inStates(name: string): readonly string[] {
  const { states = [], commands = [], events = [] } = flow.aggregates.get(name) ?? {}
  return [...states.map((state) => state.name), ...commands, ...events].filter((one) => one !== NONE)
}

function inScenario(name: string): readonly string[] {
  const scenario = flow.scenarios.find((one) => one.name === name)
  const { events = [], refusals = [], sagas = [] } = scenario?.outcomes[0] ?? {}
  const stimuli = (scenario?.when ?? []).flatMap((one) => (one.kind === 'command' ? one.command : []))
  const ended = sagas.flatMap(({ state }) => (/^comp/.test(state) ? state : []))
  return [
    ...stimuli,
    ...events.map(({ event }) => event),
    ...refusals.map(({ refusal }) => refusal),
    ...ended,
  ]
}
