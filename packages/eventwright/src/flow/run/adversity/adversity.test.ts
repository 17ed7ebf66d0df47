import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { WrittenServices } from '../../compile/index.ts'
import type { Flow } from '../../model/index.ts'
import { loadFlow } from '../../parse/index.ts'
import { forgetful, hasty, mortal, shortSighted } from '../fixtures/weak.ts'
import { runFlow } from '../run-flow.ts'
import { PERTURBATIONS, perturbationsOf } from './index.ts'

async function fixture(name: string): Promise<Flow> {
  const { flow, findings } = await loadFlow([join(import.meta.dirname, '../fixtures', name)])
  return flow ?? assert.fail(JSON.stringify(findings))
}

const weak = await fixture('weak.yaml')
/** What holds where no parcel is sent. */
const untilPaid = weak.scenarios.map((scenario) => ({
  ...scenario,
  outcomes: scenario.outcomes.map((outcome) => ({
    ...outcome,
    events: outcome.events.filter(({ event }) => event !== 'ParcelSent'),
  })),
}))

/** What of a perturbation the weak service does not bear, and how it ends there. */
async function fails(
  written: WrittenServices,
  text?: string,
): Promise<readonly (readonly [string, unknown])[]> {
  const [result] = await runFlow(weak, { written, adversity: perturbationsOf(text) })
  assert.ok(result?.adversity, 'it does not even pass undisturbed')
  const { failures } = result.adversity
  assert.equal(result.verdict, failures.length > 0 ? 'failed' : 'passed')
  return failures.map(({ perturbation, ended }) => [
    perturbation,
    ended.judgement?.differences.map(({ message }) => message),
  ])
}

const sentTwice = ['happened, but is not listed: ParcelSent']

for (const [what, written, found] of [
  ['takes each message for a new one', forgetful, ['twice:weak.payments/OrderPaid/o-1#1']],
  ['forgets all messages but the last', shortSighted, ['late:weak.payments/OrderPaid/o-1#1']],
  ['forgets all messages at a crash', mortal, ['crash:post/OrderPaid/o-1#1']],
] as const) {
  test(`a service that ${what} is found, at one message, and what is printed fails again`, async () => {
    const failures = await fails(written)
    for (const perturbation of found) {
      assert.deepEqual(
        failures.filter(([one]) => one === perturbation),
        [[perturbation, sentTwice]],
        JSON.stringify(failures),
      )
      assert.deepEqual(await fails(written, perturbation), [[perturbation, sentTwice]])
    }
  })
}

test('a service that counts on an order between topics is found, and its seed fails again', async () => {
  const failures = await fails(hasty, undefined)
  assert.deepEqual(
    failures.map(([perturbation]) => perturbation.split(':')[0]),
    ['interleave'],
  )
  for (const failure of failures) {
    for (const _again of [1, 2]) assert.deepEqual(await fails(hasty, failure[0]), [failure])
  }
})

test('a command whose answer a crash took is sent again, and its refusal counts once', async () => {
  const flow = await fixture('commands.yaml')
  const refused = flow.scenarios.filter(({ outcomes }) =>
    outcomes.some(({ refusals }) => refusals.length > 0),
  )
  const scenarios = refused.map(({ name }) => name)
  const results = await runFlow(flow, { scenarios, adversity: perturbationsOf('crash') })
  for (const { scenario, verdict, adversity } of results) {
    assert.equal(verdict, 'passed', `${scenario.name}: ${JSON.stringify(adversity?.failures)}`)
    assert.ok(adversity?.disturbed.crash.some((step) => step.startsWith('outside/')))
  }
  assert.ok(results.length > 3)
})

test('a run that is aborted while it is disturbed throws the reason of its signal', async () => {
  for (const kind of PERTURBATIONS) {
    const controller = new AbortController()
    let apps = 0
    const written: WrittenServices = {
      parcels() {
        apps++
        // Made once to be checked, once for the run as it is; then it is disturbed.
        if (apps === 3) setImmediate(() => controller.abort(new Error('enough')))
        return []
      },
    }
    const options = { written, adversity: perturbationsOf(kind), signal: controller.signal }
    await assert.rejects(runFlow({ ...weak, scenarios: untilPaid }, options), /^Error: enough$/)
    assert.ok(apps >= 3)
  }
})
