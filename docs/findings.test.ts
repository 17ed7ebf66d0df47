import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CODES as FLOW } from '../packages/eventwright/src/flow/index.ts'
import { SKILL_CODES } from '../packages/eventwright/src/skill/index.ts'
import { TOPIC_CODES } from '../packages/eventwright/src/topics/index.ts'
import { CODES as EVENTS } from '../packages/eventwright/src/validation/index.ts'
import { readDocument } from './documents.ts'

/** The headings of docs/findings.md, each with the codes that stand below it. */
const TABLES = {
  'In a flow file': FLOW,
  'In events': EVENTS,
  'In topics': TOPIC_CODES,
  'About the skill': SKILL_CODES,
}

test('every code of a finding has its row, with its level and its reason, and no other code has one', () => {
  const { rows } = readDocument('docs/findings.md')
  for (const [heading, codes] of Object.entries(TABLES)) {
    const told = rows.filter((row) => row.heading === heading).map(({ cells }) => cells)
    const there = Object.entries(codes).map(([code, { level, why }]) => [`\`${code}\``, level, why])
    assert.deepEqual(told, there, heading)
  }
})
