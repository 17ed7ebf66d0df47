import process from 'node:process'
import { type LoadFigures, NOTHING_YET } from './figures.ts'

/** `supply`: what orders refer to is made. */
export type LoadPhase = 'supply' | 'load' | 'drain' | 'balance'

export interface LoadProgress {
  readonly phase: LoadPhase
  /** Milliseconds since the load began; 0 before. */
  readonly elapsed: number
  readonly figures: LoadFigures
  /** Resident memory of this process, in bytes. */
  readonly memory: number
  /** In the balance: how much of the log was read, from 0 to 1. */
  readonly share?: number
}

/** Tells once a second how far a load is, until it is disposed of. */
export interface Watch extends Disposable {
  /** Where the figures come from, from now on. */
  follow(figures: () => LoadFigures): void
  enter(phase: LoadPhase): void
  /** In the balance. */
  read(share: number): void
  /** Milliseconds since the load began. */
  elapsed(): number
  /** The most resident memory that was seen before the balance, in bytes. */
  readonly memory: number
}

const EVERY = 1000

export function watchLoad(onProgress: (progress: LoadProgress) => void = () => {}): Watch {
  let figures = (): LoadFigures => NOTHING_YET
  let phase: LoadPhase = 'supply'
  let begun: number | undefined
  let share: number | undefined
  let memory = 0

  const elapsed = (): number => (begun === undefined ? 0 : performance.now() - begun)

  function look(): void {
    const now = process.memoryUsage.rss()
    if (phase !== 'balance') memory = Math.max(memory, now)
    const seen = { phase, elapsed: elapsed(), figures: figures(), memory: now }
    onProgress(share === undefined ? seen : { ...seen, share })
  }

  const ticking = setInterval(look, EVERY)
  return {
    follow(source) {
      figures = source
    },
    enter(next) {
      look()
      phase = next
      if (next === 'load') begun = performance.now()
    },
    read(now) {
      share = now
    },
    elapsed,
    get memory() {
      return memory
    },
    [Symbol.dispose]: () => clearInterval(ticking),
  }
}
