import type { Logger } from '@eventwright/core'

/** Logs as JSON lines on standard error. Loaded only where it is asked for. */
export async function logger(): Promise<Logger> {
  const { pino } = await import('pino')
  return pino({ level: 'debug' }, pino.destination(2))
}
