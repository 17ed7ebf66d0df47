import { createHistogram } from 'node:perf_hooks'

/** What a stage took, in milliseconds. */
export interface StageFigures {
  readonly name: string
  readonly count: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

/** Latencies by stage, in histograms of fixed size: however many are recorded, the memory stays. */
export interface Latencies {
  record(stage: string, milliseconds: number): void
  figures(): readonly StageFigures[]
}

/** Ten minutes: what takes longer counts as that. */
const HIGHEST = 600_000_000

/** Stages are shown in the order of `stages`, others after them. */
export function latencies(stages: readonly string[]): Latencies {
  const create = () => createHistogram({ lowest: 1, highest: HIGHEST, figures: 3 })
  const histograms = new Map(stages.map((stage) => [stage, create()]))
  return {
    record(stage, milliseconds) {
      const histogram = histograms.get(stage) ?? create()
      histograms.set(stage, histogram)
      histogram.record(Math.min(HIGHEST, Math.max(1, Math.round(milliseconds * 1000))))
    },
    figures: () =>
      [...histograms]
        .filter(([, { count }]) => count > 0)
        .map(([name, histogram]) => ({
          name,
          count: histogram.count,
          p50: histogram.percentile(50) / 1000,
          p95: histogram.percentile(95) / 1000,
          p99: histogram.percentile(99) / 1000,
          max: histogram.max / 1000,
        })),
  }
}
