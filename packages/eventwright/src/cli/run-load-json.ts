import type { LoadResult } from '../flow/index.ts'

/** What `run --load --json` prints: latencies and times in milliseconds, memory in bytes. */
export function loadJson(result: LoadResult): object {
  const { flow, seed, pace, sending, took, figures, drained, memory, balance } = result
  const { stages, ...counts } = figures
  return {
    flow,
    seed,
    load: pace.kind === 'rate' ? { perSecond: pace.perSecond } : { inFlight: pace.inFlight },
    milliseconds: { sending: Math.round(sending), whole: Math.round(took) },
    perSecond: {
      sent: rate(counts.sent, sending),
      ended: rate(counts.completed + counts.compensated, took),
    },
    ...counts,
    drained,
    memory,
    stages: stages.map(({ name, count, p50, p95, p99, max }) => ({ name, count, p50, p95, p99, max })),
    balance,
  }
}

function rate(count: number, milliseconds: number): number {
  return milliseconds > 0 ? Math.round((count * 100_000) / milliseconds) / 100 : 0
}
