import { EventwrightError } from '@eventwright/core'
import { InvalidSettings } from './settings.ts'

/** Why a service cannot start, for people, and what its process ends with. */
export interface Reason {
  readonly why: string
  /** 3: what it was told is wrong; 4: something cannot be reached, or is taken. */
  readonly exit: 3 | 4
}

/** Of the library's errors, those that a wrong setting leads to. */
const SETTINGS: readonly string[] = ['UnknownEngine', 'InvalidOption']

/** Of what the environment or an engine can be blamed for; undefined for a fault of the code. */
export function reasonOf(error: unknown): Reason | undefined {
  if (error instanceof InvalidSettings) return { why: error.message, exit: 3 }
  if (error instanceof EventwrightError)
    return { why: error.message, exit: SETTINGS.includes(error.code) ? 3 : 4 }
  const why = error instanceof Error && 'port' in error && 'code' in error ? noPort(error) : undefined
  return why === undefined ? undefined : { why, exit: 4 }
}

function noPort({ port, code }: { readonly port: unknown; readonly code: unknown }): string | undefined {
  const mend = 'give another one (PORT, or --port of npm run order-services); 0 is any that is free'
  if (code === 'EADDRINUSE') return `port ${port} is in use by another program: ${mend}`
  if (code === 'EACCES') return `this user may not listen on port ${port}: ${mend}`
  return undefined
}
