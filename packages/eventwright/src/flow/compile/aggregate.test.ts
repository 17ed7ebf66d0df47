import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadFlow } from '../parse/index.ts'
import { compileFlow } from './compile-flow.ts'
import { loadDeciders } from './decide-file.ts'

const FILE = join(import.meta.dirname, '../run/fixtures/commands.yaml')

// Not the time of an app: what an earlier one left is decided while the next one is still being opened.
test('`now` is the time at which the command is decided', async () => {
  const { flow } = await loadFlow([FILE])
  assert.ok(flow)
  const compiled = compileFlow(flow, await loadDeciders(flow))
  const services = compiled
    .parts({ onFault: assert.ifError })
    .flatMap((part) => ('kind' in part && part.kind === 'service' ? part.run : []))
  const account = services.find((part) => part.kind === 'aggregate' && part.commands.includes('Stamp'))
  assert.ok(account?.kind === 'aggregate')
  const opened = account.evolve(account.initial(), {
    ...{ id: 'e-1', type: 'Opened', data: { accountId: 'a-1', owner: 'ann' }, schemaVersion: 1 },
    ...{ metadata: {}, tenant: '', stream: 'Account-a-1', version: 1 },
  })
  const decided = account.decide(opened, compiled.command('Stamp', 'a-1', { accountId: 'a-1' }), 60_000)
  assert.match(JSON.stringify(decided), /"at":"1970-01-01T00:01:00.000Z"/)
})
