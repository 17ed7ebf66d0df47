import { posix } from 'node:path'
import type { ServiceView } from './service-view.ts'

/** `test/scenarios.test.ts`: every scenario of the flow, with this service in the place of the flow's own. */
export function scenariosTest(view: ServiceView, flows: readonly string[]): string {
  const files = flows.map((path) => JSON.stringify(posix.relative('test', path)))
  return `import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { loadFlow, runFlow } from 'eventwright'
import { parts } from '../src/domain/index.ts'

const files = [${files.join(', ')}]

describe('the scenarios of the flow, with this service in them', async () => {
  const { flow } = await loadFlow(files.map((file) => join(import.meta.dirname, file)))
  if (flow === undefined) throw new Error('The flow has errors: see eventwright check.')
  const results = await runFlow(flow, { written: { ${JSON.stringify(view.service.name)}: parts } })
  for (const { scenario, verdict, judgement, happened } of results) {
    test(scenario.name, { todo: verdict === 'open' && 'it has no \`then\`' }, () => {
      assert.deepEqual(happened.faults.map(({ message }) => message), [])
      assert.deepEqual(judgement?.differences.map(({ message }) => message) ?? [], [])
    })
  }
})
`
}
