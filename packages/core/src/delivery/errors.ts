import { EventwrightError } from '../event/index.ts'

/** Thrown by a handler (or by reading a message) when trying again cannot help: the message is parked at once. */
export class Unprocessable extends EventwrightError {
  readonly code = 'Unprocessable'
}

/**
 * Thrown by a handler that meets what a newer release wrote: the message waits, uncounted, until a process
 * with that release takes it. Later ones of its key wait behind it.
 */
export class NewerVersion extends EventwrightError {
  readonly code = 'NewerVersion'
}

/** The dead letter or the parked key that was named is not there. */
export class NotParked extends EventwrightError {
  readonly code = 'NotParked'

  constructor(what: string) {
    super(
      `There is no ${what}: it may have been redriven or dropped. See what is parked: eventwright dead list, or deadLetters().`,
    )
  }
}

/** A thrown value in a few words, for a dead letter or `health()`. */
export interface Reason {
  readonly code: string
  readonly message: string
}

const LONGEST_MESSAGE = 2000

/** What a thrown value says about itself. */
export function reasonOf(error: unknown): Reason {
  if (!(error instanceof Error)) return { code: 'Error', message: clip(String(error)) }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  return { code, message: clip(error.message) }
}

// A document takes no lone surrogate and no U+0000, and an error may quote the payload that holds one.
function clip(text: string): string {
  return text.slice(0, LONGEST_MESSAGE).toWellFormed().replaceAll('\u0000', '\uFFFD')
}
