import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { type AppOptions, memory } from '@eventwright/core'
import { readDocument } from '../../../../../docs/documents.ts'
import { flowFences, textOf } from '../../../../../docs/flow-fragments.ts'
import { type Flow, runFlow, type ScenarioResult } from '../../flow/index.ts'
import { openWorkshop } from './fixtures/workshop.ts'

// Every key of the flow file stands in an example of its guide, which a test of the guide holds; so whatever a flow
// can say is written here.

const guide = readDocument('docs/flow-file.md')
const workshop = openWorkshop()
after(() => workshop[Symbol.dispose]())

function put(name: string, text: string): string {
  const path = join(workshop.path, 'flows', name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}

const flows: { readonly name: string; readonly flow: Flow }[] = []

test('every flow of the guide is written without a type error', { timeout: 300_000 }, async () => {
  for (const { options, text } of guide.fences) {
    const file = options.get('file')
    if (file !== undefined) put(file, text)
  }
  for (const fence of flowFences(guide)) {
    if (fence.options.has('finds') || fence.options.has('file')) continue
    const name = `line-${fence.line}`
    const { flow } = await workshop.write(name, put(`${name}.yaml`, textOf(guide, fence)))
    flows.push({ name, flow })
  }
  assert.ok(flows.length > 10)
  assert.equal(await workshop.typecheck(), '')
})

test('what is written from the guide does what the guide says', { timeout: 300_000 }, async () => {
  const differences = await Promise.all(
    flows.map(async ({ name, flow }) => {
      const written: Record<string, AppOptions['run']> = {}
      for (const service of flow.services.keys()) written[service] = await workshop.parts(name, service)
      const byHand = (await runFlow(flow, { written, store: memory() })).filter(isFailed)
      // A part may change what the scenarios of the whole flow are about; then the flow itself says so too.
      const scenarios = byHand.map(({ scenario }) => scenario.name)
      const byFlow = (await runFlow(flow, { scenarios, store: memory() })).filter(isFailed)
      return [name, byHand.map(differencesIn), byFlow.map(differencesIn)] as const
    }),
  )
  for (const [name, byHand, byFlow] of differences) assert.deepEqual(byHand, byFlow, name)
})

function isFailed({ verdict }: ScenarioResult): boolean {
  return verdict === 'failed'
}

function differencesIn({ scenario, judgement, happened }: ScenarioResult): readonly unknown[] {
  const differences = judgement?.differences.map(({ message }) => message)
  return [scenario.name, differences, happened.faults.map(({ message }) => message)]
}
