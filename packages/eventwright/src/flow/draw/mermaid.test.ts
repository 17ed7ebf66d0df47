import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, test } from 'node:test'
import fc from 'fast-check'
import { missing } from '../../../../../scripts/machine.mjs'
import type { Flow } from '../model/index.ts'
import { loadFlow } from '../parse/index.ts'
import { flowOf, type Names, names } from './fixtures/any-flow.ts'
import { render } from './fixtures/chromium.ts'
import { everywhere } from './fixtures/everywhere.ts'
import { expectedIn } from './fixtures/expected.ts'
import { faultOf } from './fixtures/mermaid.ts'
import { NASTY } from './fixtures/nasty.ts'
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

test('the real Mermaid refuses what is no diagram, so that it can be asked', async () => {
  assert.match((await faultOf('flowchart LR\n  a["x"y"]\n')) ?? '', /Parse error/)
  assert.match((await faultOf('sequenceDiagram\n  a->>b\n')) ?? '', /Parse error/)
})

test('a label may be anything, wherever it stands', async () => {
  await checkEverywhere(NASTY)
  const part = fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary', maxLength: 12 }))
  const text = fc.array(part, { maxLength: 4 }).map((parts) => parts.join(' '))
  const texts = fc.array(text, { minLength: 5, maxLength: 12 })
  await fc.assert(fc.asyncProperty(texts, checkEverywhere), { numRuns: 2 })
})

test('a flow is drawn whatever its names are, and the real Mermaid takes it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'eventwright-draw-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'names.flow.yaml')
  const check = async (some: Names): Promise<void> => {
    writeFileSync(file, JSON.stringify(flowOf(some)))
    const { flow, findings } = await loadFlow([file])
    assert.ok(flow, JSON.stringify(findings))
    const { diagrams, results } = await drawFlow(flow, subjectsOf(flow))
    assert.equal(diagrams.length, 4)
    assert.equal(results[0]?.happened.events.length, 3)
    for (const { text } of diagrams) assert.equal(await faultOf(text), undefined, text)
  }
  await fc.assert(fc.asyncProperty(names, check), { numRuns: 5 })
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
    for (const text of expectedIn(flow, diagram))
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

async function checkEverywhere(texts: readonly string[]): Promise<void> {
  for (const diagram of everywhere(texts)) assert.equal(await faultOf(diagram), undefined, diagram)
}

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
