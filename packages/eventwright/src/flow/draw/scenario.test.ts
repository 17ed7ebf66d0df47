import assert from 'node:assert/strict'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { loadFlow } from '../parse/index.ts'
import { type Diagram, drawFlow, subjectsOf } from './index.ts'

const SAGAS = join(import.meta.dirname, '../run/fixtures/sagas.yaml')
const REFUSED = 'one of two parallel steps is refused, and the other is undone'
const TIMED = 'a wait and a time-out follow each other in one passing of time, and a late answer is ignored'
const TOGETHER = 'two keys run beside each other'
const AGAIN = 'a compensation that is refused is tried again until it is done'

let first: readonly Diagram[]
let second: readonly Diagram[]

async function drawn(names: readonly string[]): Promise<readonly Diagram[]> {
  const { flow } = await loadFlow([SAGAS])
  assert.ok(flow)
  const subjects = subjectsOf(flow).filter(({ kind, name }) => kind === 'scenario' && names.includes(name))
  assert.equal(subjects.length, names.length)
  return (await drawFlow(flow, subjects)).diagrams
}

before(async () => {
  const names = [REFUSED, TIMED, TOGETHER, AGAIN]
  first = await drawn(names)
  second = await drawn([REFUSED, TOGETHER])
})

function linesOf(name: string): readonly string[] {
  const { text } = first.find((diagram) => diagram.name === name) ?? assert.fail(name)
  return text.split('\n').map((line) => line.trim())
}

/** What stands there one after the other, whatever is between. */
function assertInOrder(name: string, wanted: readonly string[]): void {
  const lines = linesOf(name)
  let from = 0
  for (const line of wanted) {
    const at = lines.indexOf(line, from)
    assert.ok(at >= 0, `no "${line}" there in\n${lines.join('\n')}`)
    from = at + 1
  }
}

test('a scenario that is run again is drawn the same, also where things race', () => {
  assert.deepEqual(
    second,
    first.filter(({ name }) => name === REFUSED || name === TOGETHER),
  )
})

test('what runs side by side is drawn one after the other, what waits for both after both', () => {
  assert.deepEqual(linesOf(REFUSED), [
    'sequenceDiagram',
    'actor actor_user as user',
    'participant service_jobs as jobs',
    'participant saga_Parallel as Parallel',
    'participant service_parts as parts',
    'actor_user->>service_jobs: StartParallel (j-1)',
    'service_jobs-->>saga_Parallel: ParallelStarted (j-1)',
    'saga_Parallel->>service_parts: Make (forbidden)',
    'service_parts--xsaga_Parallel: refused with Forbidden',
    'saga_Parallel->>service_parts: Make (b)',
    'service_parts-->>saga_Parallel: Made (b)',
    'Note over saga_Parallel: left failed with Forbidden, compensates (j-1)',
    'saga_Parallel->>service_parts: Undo (b)',
    'service_parts-->>service_parts: Undone (b)',
    'saga_Parallel->>service_jobs: Fail (j-1)',
    'service_jobs-->>service_jobs: Failed (j-1)',
    'Note over saga_Parallel: compensated (j-1)',
    '',
  ])
})

test('time that passes is a note, and what it brings about comes after it, in the order of its timers', () => {
  assertInOrder(TIMED, [
    'Note over saga_Wait: waits at rest (j-1)',
    'Note over actor_user,service_gate: 6d pass',
    'saga_Wait->>service_gate: Ask (j-1)',
    'Note over saga_Wait: ask failed with TimedOut, compensates (j-1)',
    'service_gate-->>service_gate: WasShut (j-1)',
    'Note over saga_Wait: compensated (j-1)',
    'actor_gateway->>service_gate: Answer (j-1)',
    'service_gate-->>actor_gateway: nothing happens',
  ])
})

test('what is sent together is drawn in the order of the file, and says so', () => {
  assertInOrder(TOGETHER, [
    'Note over actor_user,service_parts: sent together, and drawn in the order of the file',
    'actor_user->>service_jobs: StartLoop (j-1)',
    'Note over saga_Loop: completed (j-1)',
    'actor_user->>service_jobs: StartLoop (j-2)',
    'Note over saga_Loop: compensated (j-2)',
  ])
})

test('a command that is refused and tried again is drawn each time', () => {
  const tries = linesOf(AGAIN).filter((line) => line === 'saga_Stubborn->>service_rooms: Leave (j-1)')
  assert.equal(tries.length, 4)
  assertInOrder(AGAIN, [
    'service_rooms--xsaga_Stubborn: refused with WrongState',
    'Note over saga_Stubborn: enter is tried again later (j-1)',
    'Note over actor_user,service_parts: 5s pass',
    'actor_user->>service_rooms: Unlock (j-1)',
    'service_rooms-->>service_rooms: Left (j-1)',
  ])
})
