import assert from 'node:assert/strict'
import { test } from 'node:test'
import { latencies } from './latencies.ts'
import { randomOf } from './random.ts'

/** The smallest of the values that so many per cent of them do not exceed. */
function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? Number.NaN
}

test('percentiles are those of the sorted values, to three figures, of each stage by itself', () => {
  const random = randomOf('latencies')
  const measured = latencies(['skewed', 'even', 'unused'])
  const values = {
    even: Array.from({ length: 3000 }, () => 1 + 999 * random.next()),
    skewed: Array.from({ length: 3000 }, () => 0.5 / (1.0001 - random.next())),
  }
  for (const stage of ['even', 'skewed'] as const) {
    for (const value of values[stage]) measured.record(stage, value)
  }
  const figures = measured.figures()
  assert.deepEqual(
    figures.map(({ name, count }) => [name, count]),
    [
      ['skewed', 3000],
      ['even', 3000],
    ],
  )
  for (const { name, p50, p95, p99, max } of figures) {
    const own = name === 'even' ? values.even : values.skewed
    for (const [told, percent] of [
      [p50, 50],
      [p95, 95],
      [p99, 99],
      [max, 100],
    ] as const) {
      const exact = percentile(own, percent)
      assert.ok(Math.abs(told - exact) <= exact / 500, `${name}: p${percent} is ${told}, and not ${exact}`)
    }
  }
})
