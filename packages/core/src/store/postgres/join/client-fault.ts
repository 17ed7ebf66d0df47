import { ConcurrencyError } from '../../errors.ts'
import { clearFault } from '../database/faults.ts'
import { isContended } from '../is-contended.ts'

const SQLSTATE = /^[0-9A-Z]{5}$/
/** Prisma's own codes look like one. */
const PRISMA = /^P[1-6]\d{3}$/

/** The SQLSTATE, however deep the user's client hides it. */
export function stateOf(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth > 5) return undefined
  const { code, cause, meta, originalCode, driverAdapterError } = error as Hiding
  for (const told of [originalCode, code]) {
    if (typeof told === 'string' && SQLSTATE.test(told) && !PRISMA.test(told)) return told
  }
  for (const inner of [cause, meta, driverAdapterError]) {
    const state = stateOf(inner, depth + 1)
    if (state !== undefined) return state
  }
  return undefined
}

interface Hiding {
  readonly code?: unknown
  readonly cause?: unknown
  readonly meta?: unknown
  readonly originalCode?: unknown
  readonly driverAdapterError?: unknown
}

export function clearClientFault(url: string, error: unknown): unknown {
  if (!isContended(stateOf(error))) return clearFault(url, error)
  const why = `another transaction on ${url} was faster with what this one needs: roll it back, and run it again`
  return Object.assign(new ConcurrencyError('', 'any', 0, why), { cause: error })
}
