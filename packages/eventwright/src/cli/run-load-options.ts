import { durationMs, type Pace } from '../flow/index.ts'
import { UsageError } from './usage-error.ts'

/** What the command line says about a load, as it was typed. */
export interface LoadArguments {
  readonly load?: string
  readonly for?: string
  readonly drain?: string
  readonly inFlight?: string
  readonly seed?: string
}

export interface LoadSettings {
  readonly pace: Pace
  /** Milliseconds. */
  readonly length: number
  readonly drain: number
  readonly seed: string
}

const LENGTH = '30s'
const DRAIN = '30s'
const IN_FLIGHT = 200

/** Reads them. @throws UsageError */
export function loadSettings(given: LoadArguments): LoadSettings {
  return {
    pace: paceOf(given.load ?? '', given.inFlight),
    length: timeOf('--for', given.for ?? LENGTH),
    drain: timeOf('--drain', given.drain ?? DRAIN),
    seed: seedOf(given.seed),
  }
}

function paceOf(load: string, inFlight: string | undefined): Pace {
  if (load === 'max') return { kind: 'max', inFlight: countOf('--in-flight', inFlight ?? String(IN_FLIGHT)) }
  const perSecond = Number(/^(\d{1,6}(?:\.\d{1,3})?)\/s$/.exec(load)?.[1] ?? 0)
  if (perSecond === 0) {
    throw new UsageError(
      `--load ${load}: no such pace; say how many orders a second, --load 200/s, or --load max for as many as go`,
    )
  }
  if (inFlight !== undefined) {
    throw new UsageError(
      `--in-flight goes with --load max; at --load ${load} orders do not wait for each other`,
    )
  }
  return { kind: 'rate', perSecond }
}

function countOf(option: string, text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= 100_000) return count
  throw new UsageError(`${option} ${text}: no such number; use a whole one from 1 to 100000`)
}

function timeOf(option: string, text: string): number {
  const milliseconds = durationMs(text)
  if (milliseconds !== undefined && milliseconds <= LONGEST) return milliseconds
  throw new UsageError(
    `${option} ${text}: no such time; use a number with its unit, ${option} 30s, 5m or 1h (at most 1w)`,
  )
}

/** What a timer can wait for at most is a little more. */
const LONGEST = 604_800_000

function seedOf(text: string | undefined): string {
  if (text === undefined) return String(Math.floor(Math.random() * 1e6))
  if (/^[A-Za-z0-9]{1,32}$/.test(text)) return text
  throw new UsageError(`--seed ${text}: no such seed; use letters and digits, at most 32`)
}
