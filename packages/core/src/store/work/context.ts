import type { RecordedEvent } from '../../event/index.ts'
import type { UnitEngine } from '../engine.ts'
import { TxEnded } from '../errors.ts'
import type { Prepare } from '../prepare.ts'
import type { Unit } from '../unit.ts'

/** One run of a unit's work. */
export interface WorkContext {
  engine: UnitEngine
  readonly prepare: Prepare
  readonly upcast: (event: RecordedEvent) => RecordedEvent
  readonly unit: Unit
  readonly now: number
  /** An append was in the log already: then nothing of the unit is written. */
  duplicate: boolean
  ended: boolean
  /** Calls on the tx that have not ended. */
  readonly underWay: Set<Promise<void>>
}

/** @throws TxEnded */
export function refuseEnded(context: WorkContext): void {
  if (context.ended) throw new TxEnded()
}

/** A call that the work has to await: what it wants is known only after a look into the store. */
export async function underWay<Result>(context: WorkContext, call: () => Promise<Result>): Promise<Result> {
  const { promise, resolve } = Promise.withResolvers<void>()
  context.underWay.add(promise)
  try {
    return await call()
  } finally {
    context.underWay.delete(promise)
    resolve()
  }
}

/**
 * What a call that was not awaited wants would be lost, or not, as fast as the store answers. It ends first: nothing
 * is asked any more behind the unit. @throws TxEnded
 */
export async function refuseUnderWay(context: WorkContext): Promise<void> {
  if (context.underWay.size === 0) return
  await Promise.all(context.underWay)
  throw new TxEnded()
}
