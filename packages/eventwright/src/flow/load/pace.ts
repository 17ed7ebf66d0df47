import { setTimeout as sleep } from 'node:timers/promises'
import type { Bell } from './bell.ts'

/** How orders are begun: so many a second whatever becomes of them, or a next one for each that is through. */
export type Pace =
  | { readonly kind: 'rate'; readonly perSecond: number }
  | { readonly kind: 'max'; readonly inFlight: number }

export interface Pacing {
  readonly pace: Pace
  /** Milliseconds. */
  readonly length: number
  /** Begins the next order. `due`: when it should be sent, in milliseconds of `performance.now()`. */
  readonly begin: (due: number) => void
  /** Orders that are not through. */
  readonly inFlight: () => number
  /** Rings when an order is through. */
  readonly through: Bell
  /** Called where for a second none was through: they may all wait for what does not come. */
  readonly onStall?: () => void
  readonly signal: AbortSignal
}

/** Begins orders until the time is over or the signal comes. */
export async function keepPace(pacing: Pacing): Promise<void> {
  const { pace } = pacing
  if (pace.kind === 'rate') await openLoop(pacing, 1000 / pace.perSecond)
  else await closedLoop(pacing, pace.inFlight)
}

// What is late is not left out, and is counted from when it was due: a stall shows in the latencies.
async function openLoop({ length, begin, signal }: Pacing, interval: number): Promise<void> {
  const start = performance.now()
  const total = Math.max(1, Math.round(length / interval))
  for (let begun = 0; begun < total && !signal.aborted; ) {
    for (const now = performance.now(); begun < total && start + begun * interval <= now; begun++) {
      begin(start + begun * interval)
    }
    await pause(start + begun * interval - performance.now(), signal)
  }
}

async function closedLoop(pacing: Pacing, most: number): Promise<void> {
  const { length, begin, inFlight, through, onStall, signal } = pacing
  const end = performance.now() + length
  let rung = performance.now()
  const over = setTimeout(through.ring, length)
  const looking = setInterval(() => {
    if (performance.now() - rung > STALL) onStall?.()
  }, STALL)
  signal.addEventListener('abort', through.ring, { once: true })
  while (performance.now() < end && !signal.aborted) {
    while (inFlight() < most) begin(performance.now())
    await through.wait()
    rung = performance.now()
  }
  clearTimeout(over)
  clearInterval(looking)
  signal.removeEventListener('abort', through.ring)
}

const STALL = 1000

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(Math.max(0, milliseconds), undefined, { signal })
  } catch {
    // The signal came: who asks looks at it.
  }
}
