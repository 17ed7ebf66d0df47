import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { CODES, type Finding, formatFindings } from '../findings/index.ts'
import { loadFlow } from '../parse/index.ts'
import { checkFlow } from './index.ts'
import { RULES } from './registry.ts'

const FIXTURES = join(import.meta.dirname, 'fixtures')

/** The findings of a fixture, with places that do not depend on where the repository stands. */
async function check(code: string, file: string): Promise<{ findings: readonly Finding[]; text: string }> {
  const path = join(FIXTURES, code, file)
  const loaded = await loadFlow([path])
  const { findings } = checkFlow(loaded)
  const text = formatFindings('text', findings, loaded.sources).replaceAll(join(FIXTURES, code, '/'), '')
  return { findings: findings.filter((f) => f.suppressed === undefined), text }
}

test('every code has a fixture, and every fixture a code', () => {
  assert.deepEqual(readdirSync(FIXTURES).sort(), Object.keys(CODES).sort())
})

test('every rule of design has a code of its own', () => {
  assert.equal(new Set(RULES.map((rule) => rule.code)).size, RULES.length)
})

for (const code of readdirSync(FIXTURES)) {
  test(`${code} is found, with place, reason and mend`, async () => {
    const { findings, text } = await check(code, 'flow.yaml')
    assert.ok(findings.some((f) => f.code === code))
    assert.equal(text, readFileSync(join(FIXTURES, code, 'expected.txt'), 'utf8'))
  })

  test(`the mend of ${code} makes it go, and raises nothing else`, async () => {
    const { findings } = await check(code, 'mended.yaml')
    assert.deepEqual(findings, [])
  })
}

test('the worked example is free of findings, and its scenarios touch all refusals, compensations and time-outs', async () => {
  const example = join(
    import.meta.dirname,
    '../../../../../skills/building-event-driven-architecture/examples/worked-order-processing.yaml',
  )
  const { findings, coverage } = checkFlow(await loadFlow([example]))
  assert.deepEqual(findings, [])
  assert.deepEqual(
    [coverage?.refusals.missing, coverage?.compensations.missing, coverage?.timeouts.missing],
    [[], [], []],
  )
  assert.ok((coverage?.percent ?? 0) > 80)
})
