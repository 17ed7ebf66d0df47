import { EventwrightError } from '@eventwright/core'
import type { Place } from '../model/index.ts'

/** An expression that failed while it ran: a fault of the flow, never a refusal. */
export class ExpressionError extends EventwrightError {
  readonly code = 'ExpressionError'
  readonly place: Place

  constructor(source: string, place: Place, reason: string, options?: ErrorOptions) {
    super(
      `The expression \`${source}\` at ${place.file}:${place.line}:${place.column} failed: ${reason}. ` +
        'Guard it with has(), or a condition before it.',
      options,
    )
    this.place = place
  }
}

/** What is wrong with an expression before it runs; `start` and `end` are offsets in its source. */
export type ExpressionProblem = {
  readonly kind: 'syntax' | 'type' | 'unknown-variable' | 'unknown-field' | 'unguarded'
  readonly message: string
  readonly mend: string
  readonly start: number
  readonly end: number
}
