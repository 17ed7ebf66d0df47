import process from 'node:process'
import { EventwrightError } from '@eventwright/core'
import { printableLines } from '../findings/index.ts'
import { DecideError, FlowFileError } from '../flow/index.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { firstOf } from './first-error.ts'
import { UsageError } from './usage-error.ts'

/** An error as one message and an exit code; the stack only where `EVENTWRIGHT_DEBUG` is set. */
export function explain(thrown: unknown): { readonly message: string; readonly code: ExitCode } {
  const error = firstOf(thrown)
  // What it quotes may come from anywhere: code, stores, files.
  return { message: printableLines(messageOf(error)), code: codeOf(error) }
}

function codeOf(error: unknown): ExitCode {
  if (error instanceof UsageError) return EXIT.usage
  if (error instanceof DecideError) return EXIT.broken
  // By their codes, so that the other commands need not load the rooms that they come from.
  if (error instanceof EventwrightError) return CODES[error.code] ?? EXIT.unreachable
  return EXIT.unreachable
}

const CODES: { readonly [code: string]: ExitCode | undefined } = {
  BrokenFlow: EXIT.broken,
  BrokenCode: EXIT.broken,
  NotThere: EXIT.usage,
  UnknownStep: EXIT.usage,
  NotParked: EXIT.usage,
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (process.env.EVENTWRIGHT_DEBUG) return error.stack ?? error.message
  if (error instanceof EventwrightError || error instanceof FlowFileError) return error.message
  if ('syscall' in error) return error.message // of the operating system, which says what and where
  return `${error.message}\nThis was not foreseen. Set EVENTWRIGHT_DEBUG=1 to see where it comes from, and report it.`
}
