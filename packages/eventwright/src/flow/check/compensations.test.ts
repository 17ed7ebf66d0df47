import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { loadFlow } from '../parse/index.ts'
import { checkFlow } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'eventwright-compensations-'))
after(() => rmSync(folder, { recursive: true }))

async function codes(drop: string): Promise<string[]> {
  const file = join(folder, 'flow.yaml')
  writeFileSync(
    file,
    `eventwright: 1
name: travel
services:
  flights:
    aggregates:
      Flight:
        id: { tripId: string }
        final: [dropped, lost]
        commands:
          Book: { in: none, emit: Booked }
          Lose: { by: airline, in: booked, emit: Lost }
          Drop: ${drop}
        events:
          Booked: { to: booked }
          Lost: { to: lost, public: true }
          Dropped: { to: dropped, public: true }
  trips:
    aggregates:
      Trip:
        id: { tripId: string }
        final: [planned]
        commands: { Plan: { by: traveller, in: none, emit: Planned } }
        events: { Planned: { to: planned } }
sagas:
  Travel:
    start: Planned
    key: tripId
    steps: [{ step: flight, send: Book, done: Booked, compensate: Drop }]
`,
  )
  return checkFlow(await loadFlow([file])).findings.map((finding) => finding.code)
}

test('a compensation takes the states that somebody outside may bring about after the step', async () => {
  assert.deepEqual(await codes('{ in: booked, emit: Dropped }'), ['compensation-may-be-refused'])
  assert.deepEqual(await codes('{ in: booked, ignore: lost, emit: Dropped }'), [])
})
