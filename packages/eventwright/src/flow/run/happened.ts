import type { JsonObject } from '../model/index.ts'
import type { Fault } from './fault.ts'

/** An event that a scenario led to, as verdicts, timelines and reports see it. */
export interface HappenedEvent {
  readonly id: string
  readonly type: string
  readonly service: string
  readonly stream: string
  readonly version: number
  readonly position: number
  /** Milliseconds since 1970, on the scenario's clock. */
  readonly at: number
  readonly data: JsonObject
  /** The id of the command that caused it. */
  readonly commandId?: string
  /** The saga's stream, where a saga sent that command. */
  readonly saga?: string
}

/** A command that was refused, from outside or from a saga. */
export interface HappenedRefusal {
  readonly refusal: string
  readonly command: string
  readonly id: string
  readonly message?: string
}

/** Where a saga stands: `completed`, `compensated`, or the names of the steps that it waits for. */
export interface HappenedSaga {
  readonly saga: string
  readonly key: string
  readonly states: readonly string[]
}

/** Everything that one scenario led to. */
export interface Happened {
  /** In the order of the log, without what was given. */
  readonly events: readonly HappenedEvent[]
  readonly refusals: readonly HappenedRefusal[]
  readonly sagas: readonly HappenedSaga[]
  /** By projection, then by key. */
  readonly rows: ReadonlyMap<string, ReadonlyMap<string, JsonObject>>
  /** For each event's id those of the events that led to it directly. */
  readonly causes: ReadonlyMap<string, readonly string[]>
  /** What went wrong underneath. */
  readonly faults: readonly Fault[]
}
