import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { eventwright, memory } from '@eventwright/core'
import { loadFlow, runFlow, type Scenario, type ScenarioResult } from 'eventwright'
import { byStream, play, type Story } from './play.ts'
import { services } from './services.ts'

const FLOW = '../../../skills/building-event-driven-architecture/examples/worked-order-processing.yaml'

/** The compiled flow's story, in the same form. */
function storyOf({ happened }: ScenarioResult): Story {
  return {
    events: byStream(happened.events),
    refusals: happened.refusals.map(({ command, id, refusal }) => `${command} ${id}: ${refusal}`).sort(),
    rows: Object.fromEntries(
      [...happened.rows].map(([projection, rows]) => [projection, Object.fromEntries(rows)]),
    ),
  }
}

/** Of a race either order may win: whoever it is gets the same name. */
function withoutNames(story: Story): Story {
  const text = JSON.stringify(story)
  const winner = /"type":"StockReserved","data":\{[^}]*"orderId":"(o-[12])"/.exec(text)?.[1]
  if (winner === undefined) return story
  const names = new Map([[winner, 'winner']])
  return JSON.parse(text.replaceAll(/o-[12]/g, (order) => names.get(order) ?? 'loser'))
}

function comparable(story: Story, { outcomes }: Scenario): Story {
  return outcomes.length > 1 ? withoutNames(story) : story
}

describe('the system written by hand gives the same events, refusals and read models as the flow', async () => {
  const { flow } = await loadFlow([join(import.meta.dirname, FLOW)])
  if (!flow) throw new Error('The worked flow does not load')
  const results = await runFlow(flow)
  for (const result of results) {
    const { scenario } = result
    test(scenario.name, async () => {
      await using app = await eventwright({
        name: 'shop',
        store: memory(),
        run: services,
        virtualClock: true,
      })
      const byHand = await play(app, flow, scenario)
      assert.equal(result.verdict, 'passed')
      assert.deepEqual(comparable(byHand, scenario), comparable(storyOf(result), scenario))
    })
  }
})
