import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { faultOf } from './fixtures/mermaid.ts'
import { NASTY } from './fixtures/nasty.ts'
import { label } from './label.ts'

/** Diagrams in which labels have every place that they have in what is drawn. */
function everywhere(texts: readonly string[]): readonly string[] {
  const numbered = [...texts.map(label).entries()]
  return [
    `flowchart LR\n${numbered.map(([n, text]) => inFlowchart(n, text)).join('')}`,
    `stateDiagram-v2\n${numbered.map(([n, text]) => inStates(n, text)).join('')}`,
    `sequenceDiagram\n${numbered.map(([n, text]) => inSequence(n, text)).join('')}`,
  ]
}

function inFlowchart(n: number, text: string): string {
  const nodes = `a${n}[("${text}")]\n b${n}{{"${text}"}}\n c${n}[/"${text}"/]\n d${n}(["${text}"])`
  return ` subgraph s${n}["${text}"]\n e${n}["${text}"]\n end\n ${nodes}\n a${n} -->|"${text}<br/>${text}"| b${n}\n`
}

function inStates(n: number, text: string): string {
  return ` state "${text}" as in_${n}\n [*] --> in_${n} : ${text} / ${text}<br/>${text} / ${text}\n`
}

function inSequence(n: number, text: string): string {
  const ends = `actor a${n} as ${text}\n participant b${n} as ${text}\n`
  return ` ${ends} Note over a${n},b${n}: ${text}\n a${n}->>b${n}: ${text}\n b${n}--xb${n}: ${text}\n`
}

async function checkEverywhere(texts: readonly string[]): Promise<void> {
  for (const diagram of everywhere(texts)) assert.equal(await faultOf(diagram), undefined, diagram)
}

test('the real Mermaid refuses what is no diagram, so that it can be asked', async () => {
  assert.match((await faultOf('flowchart LR\n  a["x"y"]\n')) ?? '', /Parse error/)
  assert.match((await faultOf('sequenceDiagram\n  a->>b\n')) ?? '', /Parse error/)
})

test('a label may be anything, wherever it stands', async () => {
  await checkEverywhere(NASTY)
  const part = fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary', maxLength: 12 }))
  const text = fc.array(part, { maxLength: 4 }).map((parts) => parts.join(' '))
  const texts = fc.array(text, { minLength: 5, maxLength: 12 })
  await fc.assert(fc.asyncProperty(texts, checkEverywhere), { numRuns: 3 })
})

test('a label is one line, of a length that can be read, and plain text stays as it is', () => {
  assert.equal(label('PlaceOrder (o-1), again'), 'PlaceOrder (o-1), again')
  assert.equal(label('Größe 日本語'), 'Größe 日本語')
  assert.equal(label(' a\r\nb\u2028c; #1 '), 'a b c#59; #35;1')
  assert.equal(label('x'.repeat(101)), `${'x'.repeat(99)}#8230;`)
  assert.equal(label('ﬂ°'), 'fl#176;') // with which Mermaid marks its own entities
  assert.equal(label(''), label('\n'))
  assert.notEqual(label(''), '')
})
