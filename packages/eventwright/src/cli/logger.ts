import type { Logger } from '@eventwright/core'
import { destination, pino } from 'pino'

/** Logs as JSON lines on standard error. This file is loaded only where logs are asked for. */
export function stderrLogger(): Logger {
  return pino({ level: 'debug' }, destination(2))
}
