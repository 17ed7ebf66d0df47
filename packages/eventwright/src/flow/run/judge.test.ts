import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Outcome } from '../model/index.ts'
import type { Happened } from './happened.ts'
import { judge } from './judge.ts'

const place = { file: 'a.flow.yaml', line: 7, column: 3, length: 1 }

const nothing: Happened = {
  events: [],
  refusals: [],
  sagas: [],
  rows: new Map(),
  causes: new Map(),
  faults: [],
}

function outcome(part: Partial<Outcome>): Outcome {
  return { events: [], refusals: [], sagas: [], rows: [], place, ...part }
}

function messages(expected: Outcome, happened: Happened): readonly string[] {
  return judge(expected, happened).differences.map(({ message }) => message)
}

test('a refusal that is not listed fails the scenario, and so does a listed one that did not happen', () => {
  const refused = { ...nothing, refusals: [{ refusal: 'OverLimit', command: 'PlaceOrder', id: 'o-1' }] }
  assert.deepEqual(messages(outcome({}), refused), [
    'PlaceOrder was refused with OverLimit, which is not listed under `refusals`',
  ])
  assert.deepEqual(messages(outcome({ refusals: [{ refusal: 'EmptyOrder', place }] }), nothing), [
    'nothing was refused with EmptyOrder',
  ])
  assert.deepEqual(messages(outcome({ refusals: [{ refusal: 'OverLimit', place }] }), refused), [])
})

test('a refusal that names its command is not taken by a bare one', () => {
  const refusals = [
    { refusal: 'WrongState', command: 'ShipOrder', id: 'o-1' },
    { refusal: 'WrongState', command: 'PayOrder', id: 'o-1' },
  ]
  const expected = [
    { refusal: 'WrongState', place },
    { refusal: 'WrongState', command: 'ShipOrder', place },
  ]
  assert.deepEqual(messages(outcome({ refusals: expected }), { ...nothing, refusals }), [])
})

test('a saga stands where its scenario says, by key where there are several', () => {
  const sagas = [
    { saga: 'Checkout', key: 'o-1', states: ['completed'] },
    { saga: 'Checkout', key: 'o-2', states: ['payment'] },
  ]
  const one = { saga: 'Checkout', state: 'completed', place }
  assert.match(messages(outcome({ sagas: [one] }), { ...nothing, sagas })[0] ?? '', /o-1, o-2: say which/)
  assert.deepEqual(messages(outcome({ sagas: [{ ...one, key: 'o-1' }] }), { ...nothing, sagas }), [])
  assert.deepEqual(messages(outcome({ sagas: [{ ...one, key: 'o-2' }] }), { ...nothing, sagas }), [
    'Checkout of o-2 is payment, not completed',
  ])
})

test('a row is matched as a subset, and null says that there is none', () => {
  const rows = new Map([['Summary', new Map([['o-1', { status: 'placed', total: 5 }]])]])
  const row = { projection: 'Summary', key: 'o-1', place }
  assert.deepEqual(messages(outcome({ rows: [{ ...row, fields: { total: 5 } }] }), { ...nothing, rows }), [])
  assert.equal(
    messages(outcome({ rows: [{ ...row, fields: { total: 6 } }] }), { ...nothing, rows }).length,
    1,
  )
  assert.equal(messages(outcome({ rows: [{ ...row, fields: null }] }), { ...nothing, rows }).length, 1)
})
