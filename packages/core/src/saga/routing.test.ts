import assert from 'node:assert/strict'
import { test } from 'node:test'
import { COMMAND_HANDLED } from '../aggregate/index.ts'
import { createCatalog } from '../catalog/index.ts'
import { buildSaga } from './builder.ts'
import { type CommandRole, commandId, commandLabel } from './names.ts'
import { leadsToNothing } from './routing.ts'

const catalog = createCatalog<{ Placed: object; Reserved: object }>({ namespace: 'test' })
const saga = buildSaga(catalog, 'checkout', 'Placed', {
  steps: {
    'step: one': { do: (o) => ({ type: 'r', aggregate: 's', id: o.key, data: {} }), done: 'Reserved' },
  },
})

function answer(role: CommandRole, outcome: string, name = 'checkout'): boolean {
  const id = commandId(name, 'o-1', 1, commandLabel('step: one', role), 1)
  return leadsToNothing(saga, { type: COMMAND_HANDLED, data: { commandId: id, outcome } })
}

test('an answer passes only where its events tell the rest, or where the command was another one', () => {
  assert.equal(answer('do', 'events'), true)
  assert.equal(answer('do', 'events', 'other'), true)
  assert.equal(answer('undo', 'refused', 'other'), true)
  for (const outcome of ['refused', 'nothing']) assert.equal(answer('do', outcome), false)
  for (const role of ['undo', 'timeout', 'completed', 'compensated'] as const)
    for (const outcome of ['events', 'refused', 'nothing']) assert.equal(answer(role, outcome), false)
})

test('no other event passes, and what is no answer is left to be told', () => {
  assert.equal(leadsToNothing(saga, { type: 'Reserved', data: {} }), false)
  assert.equal(leadsToNothing(saga, { type: COMMAND_HANDLED, data: 'nonsense' }), false)
})
