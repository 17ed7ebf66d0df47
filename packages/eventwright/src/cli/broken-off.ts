import { EventwrightError } from '@eventwright/core'
import { firstOf } from './first-error.ts'

/** A run that an engine ended in the middle, for whoever typed `run`; the code is that of what the engine threw. */
export class RunBrokenOff extends EventwrightError {
  readonly code: string

  constructor(code: string, why: string, left: readonly string[], cause: unknown) {
    super([`the run was broken off: ${why}`, ...left].join('. '), { cause })
    this.code = code
  }
}

export interface BrokenRun {
  /** Of the engines, as they are in messages. */
  readonly urls: readonly string[]
  /** Something was done before: the engines were there. */
  readonly underWay: boolean
  /** What becomes of what it wrote, in sentences. */
  readonly left: readonly string[]
}

/** What an engine says to the code that called it, said to the one who typed `run`. Any other error as it is. */
export function brokenOff(thrown: unknown, { urls, underWay, left }: BrokenRun): unknown {
  const error = firstOf(thrown)
  if (!(error instanceof EventwrightError)) return thrown
  if (LOST.has(error.code)) return new RunBrokenOff(error.code, lostText(error, urls), left, error)
  if (!underWay || !FAILED.has(error.code)) return thrown
  return new RunBrokenOff(error.code, `${error.message}. Run this again when that is mended`, left, error)
}

/** They tell to repeat the call. */
const LOST: ReadonlySet<string> = new Set(['UnknownOutcomeError', 'ConnectionLost'])
/** They tell what to mend. */
const FAILED: ReadonlySet<string> = new Set(['BrokerUnreachable', 'CannotOpenDatabase', 'StorageFailed'])

function lostText(error: Error, urls: readonly string[]): string {
  const server = urls.map(withoutQuery).find((one) => error.message.startsWith(one))
  const reason = reasonOf(error)
  return server === undefined
    ? `a commit was not confirmed (${reason}). See whether the disk is well, and run this again`
    : `${server} answers no more (${reason}). See whether the server runs, and run this again`
}

/** A connection belongs to the database, whatever schema it is for. */
function withoutQuery(url: string): string {
  return url.replace(/\?.*$/s, '')
}

/** What stands at the bottom. */
function reasonOf(error: Error): string {
  const [deeper] = error instanceof AggregateError ? error.errors : [error.cause]
  return deeper instanceof Error ? reasonOf(deeper) : error.message
}
