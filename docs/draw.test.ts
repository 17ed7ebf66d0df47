import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { drawFlow, loadFlow, subjectsOf } from 'eventwright'
import { documents } from './documents.ts'
import { workshop } from './workshop.ts'

const place = workshop()
after(() => place.dispose())

test('every diagram in a document is what the command draws of the flow above it', async () => {
  const drawn = documents().filter(({ fences }) => fences.some(({ language }) => language === 'mermaid'))
  assert.ok(drawn.length > 0, 'there are diagrams')
  for (const { path, fences } of drawn) {
    const flowText = fences.find(({ options }) => options.has('flow'))?.text ?? ''
    place.write('drawn.flow.yaml', flowText)
    const { flow, findings } = await loadFlow([`${place.folder}/drawn.flow.yaml`])
    assert.ok(flow, `${path}: ${JSON.stringify(findings)}`)
    const texts = new Set((await drawFlow(flow, subjectsOf(flow))).diagrams.map(({ text }) => text))
    for (const { language, text, line } of fences) {
      if (language === 'mermaid')
        assert.ok(texts.has(text), `${path}:${line} is none of\n${[...texts].join('\n')}`)
    }
  }
})
