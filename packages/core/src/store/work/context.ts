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
}

/** @throws TxEnded */
export function refuseEnded(context: WorkContext): void {
  if (context.ended) throw new TxEnded()
}
