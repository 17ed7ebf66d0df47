import type { Check, Told } from './check.ts'
import { deliveryChecks } from './delivery-checks.ts'
import { logChecks } from './log-checks.ts'
import { orderChecks } from './order-checks.ts'
import { projectionChecks } from './projection-checks.ts'
import type { Truth } from './truth.ts'

export type { Told } from './check.ts'
export { fileRows, type Rows } from './database.ts'
export { followLogs } from './follow.ts'
export { type Place, type Sent, type SentMessage, sentIn, type Truth, truthOf } from './truth.ts'

/** Everything that must hold when a run has ended. */
export const CHECKS: readonly Check[] = [...logChecks, ...orderChecks, ...deliveryChecks, ...projectionChecks]

/** A check that does not hold, and what offends against it. */
export interface Offence {
  readonly check: string
  readonly offenders: readonly string[]
}

export function offencesOf(truth: Truth, told: Told): readonly Offence[] {
  return CHECKS.flatMap(({ name, offenders }) => {
    const found = [...offenders(truth, told)]
    return found.length === 0 ? [] : [{ check: name, offenders: found }]
  })
}
