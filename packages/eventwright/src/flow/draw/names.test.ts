import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { loadFlow } from '../parse/index.ts'
import { faultOf } from './fixtures/mermaid.ts'
import { NASTY } from './fixtures/nasty.ts'
import { drawFlow, subjectsOf } from './index.ts'

const WORDS = [
  'end',
  'state',
  'note',
  'class',
  'graph',
  'subgraph',
  'style',
  'default',
  'fork',
  'loop',
  'x',
  'o',
]
const lower = fc.oneof(fc.constantFrom(...WORDS), fc.stringMatching(/^[a-z][A-Za-z0-9_]{0,8}$/))
const upper = fc.oneof(lower.map(capital), fc.stringMatching(/^[A-Z][A-Za-z0-9]{0,60}$/)).map(plain)
const service = fc.oneof(
  fc.constantFrom(...WORDS, 'a--b', 'x-', 'end-x'),
  fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/),
)
/** Any text that a payload may hold. */
const free = fc
  .oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }))
  .map((text) => text.toWellFormed().replaceAll('\u0000', '').trim() || 'blank')

function capital(name: string): string {
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`
}

function plain(name: string): string {
  return name.replaceAll('_', '')
}

const names = fc.record({
  service: fc.uniqueArray(service, { minLength: 2, maxLength: 2 }),
  messages: fc.uniqueArray(upper, { minLength: 7, maxLength: 7, selector: (name) => name.toLowerCase() }),
  states: fc.uniqueArray(
    lower.filter((name) => name !== 'none'),
    { minLength: 3, maxLength: 3 },
  ),
  actor: free,
  topic: free,
  id: free,
  scenario: free,
})
type Names = typeof names extends fc.Arbitrary<infer Value> ? Value : never

/** A saga that sends a command to another service, with every name from outside. */
function flowOf({ service, messages, states, actor, topic, id, scenario }: Names): object {
  const [Ask = '', Asked = '', Do = '', Done = '', End = '', Ended = '', Saga = ''] = messages
  const [asked = '', ended = '', done = ''] = states
  const field = { schema: { type: 'string', minLength: 1 }, example: id }
  const asks = { [Ask]: { by: actor, in: 'none', emit: Asked }, [End]: { in: asked, emit: Ended } }
  const happens = { [Asked]: { to: asked }, [Ended]: { to: ended, public: true } }
  return {
    eventwright: 1,
    name: scenario,
    namespace: 'com.example.names',
    services: {
      [service[0] ?? '']: {
        topic,
        aggregates: { [Asked]: { id: { key: field }, final: ended, commands: asks, events: happens } },
      },
      [service[1] ?? '']: {
        aggregates: {
          [Done]: {
            id: { key: field },
            final: done,
            commands: { [Do]: { in: 'none', emit: Done } },
            events: { [Done]: { to: done } },
          },
        },
      },
    },
    sagas: {
      [Saga]: {
        start: Asked,
        key: 'key',
        steps: [{ step: done, send: Do, done: Done, compensate: 'none' }],
        completed: { send: End },
      },
    },
    projections: { [Saga]: { key: 'key', fields: {}, on: { [Asked]: {} } } },
    scenarios: { [scenario]: { when: [Ask] } },
  }
}

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
  await fc.assert(fc.asyncProperty(names, check), { numRuns: 10 })
})
