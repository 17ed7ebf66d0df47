import type { RecordedEvent } from '@eventwright/core'
import type { Act, Recording } from '../run/index.ts'

/** What a stimulus led to, or a timer while time passed: everything in it is later than what stands before it. */
export interface Segment {
  /** Absent for what was given, and for what a later timer led to. */
  readonly act?: Act
  readonly events: readonly RecordedEvent[]
}

/** Time that only passes for real is shorter between two events of a scenario. */
const LEAP = 1000

/** A recording in the order in which it was played. */
export function segmentsOf({ log, acts }: Recording): readonly Segment[] {
  const ends = [...acts.slice(1).map(({ from }) => from), Number.POSITIVE_INFINITY]
  const before = log.filter(({ position }) => position <= (acts[0]?.from ?? Number.POSITIVE_INFINITY))
  const played = acts.flatMap((act, index) => {
    const end = ends[index] ?? 0
    const events = log.filter(({ position }) => position > act.from && position <= end)
    return act.stimulus.kind === 'after' ? leaps(act, events) : [{ act, events }]
  })
  return [{ events: before }, ...played]
}

// Between two timers the clock was moved, and everything came to rest.
function leaps(act: Act, events: readonly RecordedEvent[]): readonly Segment[] {
  const parts: RecordedEvent[][] = [[]]
  for (const event of events) {
    const last = parts.at(-1)?.at(-1)
    if (last !== undefined && event.recordedAt - last.recordedAt >= LEAP) parts.push([])
    parts.at(-1)?.push(event)
  }
  return parts.map((part, index) => (index === 0 ? { act, events: part } : { events: part }))
}
