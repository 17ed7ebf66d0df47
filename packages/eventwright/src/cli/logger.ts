import type { Logger } from '@eventwright/core'
import { destination, pino } from 'pino'

/** Logs as JSON lines on standard error, at once: at the end nothing is left to be written to who has gone. This file is loaded only where logs are asked for. */
export function stderrLogger(): Logger {
  return pino({ level: 'debug' }, destination({ dest: 2, sync: true }))
}
