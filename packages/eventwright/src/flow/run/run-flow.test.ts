import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { memory } from '@eventwright/core'
import type { Flow } from '../model/index.ts'
import { loadFlow } from '../parse/index.ts'
import { runFlow } from './index.ts'

async function fixture(name: string): Promise<Flow> {
  const { flow, findings } = await loadFlow([join(import.meta.dirname, 'fixtures', `${name}.yaml`)])
  return flow ?? assert.fail(JSON.stringify(findings))
}

for (const name of ['commands', 'sagas', 'projections']) {
  describe(`what flows say of ${name} is what the runtime does`, async () => {
    const results = await runFlow(await fixture(name))
    for (const { scenario, verdict, judgement, happened } of results) {
      test(scenario.name, () => {
        assert.deepEqual(happened.faults, [])
        assert.deepEqual(judgement?.differences, [])
        assert.equal(verdict, 'passed')
      })
    }
  })
}

test('what an expression threw is told once, wherever it stands, and fails its scenario only', async () => {
  const results = await runFlow(await fixture('faults'))
  const told = results.map(({ scenario, verdict, happened }) => [
    scenario.name,
    verdict,
    happened.faults.map(({ message }) => /expression `(.*)` at .*faults\.yaml:(\d+)/.exec(message)?.slice(1)),
  ])
  const divides = ['100 / cmd.by', '22']
  assert.deepEqual(told, [
    ['in a command from outside', 'failed', [divides]],
    ['in a command of a saga', 'failed', [divides]],
    ['in what a saga sends', 'failed', [['start.for == "saga" ? 1 / start.by : start.by', '32']]],
    ['in a projection', 'failed', [['event.for == "projection" ? 1 / (event.by - 5) : event.by', '39']]],
    ['nowhere, and time passes', 'passed', []],
    ['nowhere', 'passed', []],
  ])
})

test('a fault in one scenario of a store that is shared fails no other', async () => {
  const engine = memory()
  // While time passes, what failed before is tried again.
  const scenarios = ['in a command of a saga', 'nowhere, and time passes']
  const results = await runFlow(await fixture('faults'), { store: engine, broker: engine, scenarios })
  assert.deepEqual(
    results.map(({ verdict }) => verdict),
    ['failed', 'passed'],
  )
})

test('results come in the order of the file, however many run at once; starts too', async () => {
  const flow = await fixture('commands')
  const names = flow.scenarios.map(({ name }) => name)
  const started: string[] = []
  const told: string[] = []
  const results = await runFlow(flow, {
    onStart: ({ name }, index, total) => {
      assert.deepEqual([name, total], [names[index], names.length])
      started.push(name)
    },
    onResult: ({ scenario }) => told.push(scenario.name),
  })
  assert.deepEqual(started, names)
  assert.deepEqual(told, names)
  assert.deepEqual(
    results.map(({ scenario }) => scenario.name),
    names,
  )
})

test('a run that is aborted throws the reason of its signal and begins nothing more', async () => {
  const flow = await fixture('sagas')
  const controller = new AbortController()
  let begun = 0
  const onStart = () => {
    if (++begun === 6) controller.abort(new Error('enough'))
  }
  await assert.rejects(runFlow(flow, { signal: controller.signal, onStart }), /^Error: enough$/)
  assert.ok(begun < flow.scenarios.length)
})

test('a flow may have the name of one of its services, or one with spaces', async () => {
  const flow = await fixture('commands')
  const [service = ''] = flow.services.keys()
  for (const name of [service, 'a flow of ours']) {
    const [first] = await runFlow({ ...flow, name, scenarios: flow.scenarios.slice(0, 1) })
    assert.equal(first?.verdict, 'passed')
  }
})
