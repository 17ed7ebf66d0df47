import { type RecordedEvent, streamOf } from '@eventwright/core'
import { asObject } from '../compile/index.ts'
import type { Flow } from '../model/index.ts'

/** The last event of a saga's run. */
export const SAGA_ENDED = 'eventwright.saga.Ended'

/** The orders that are under way, found by the streams of their sagas; nothing is kept of those that ended. */
export interface Flights {
  /** The sagas that an event starts are under way now. False where it starts none. */
  take(event: Pick<RecordedEvent, 'type' | 'data'>, due: number): boolean
  /** A saga's run has ended: when its order was due, and how it ended; `undefined` for one of no order of this load. */
  land(event: RecordedEvent): Landed | undefined
  /** The saga waits for an answer that is not given; without one, all do. */
  wait(saga?: string): void
  readonly open: number
  readonly waiting: number
}

export interface Landed {
  readonly due: number
  readonly outcome: string
}

export function flightsOf(flow: Flow): Flights {
  const sagas = Map.groupBy(flow.sagas.values(), ({ start }) => start)
  const open = new Map<string, number>()
  const waiting = new Set<string>()
  return {
    take({ type, data }, due) {
      for (const { name, key } of sagas.get(type) ?? []) {
        const value = asObject(data)[key.fields.get(type) ?? key.name]
        if (value !== undefined && value !== null) open.set(streamOf(`saga:${name}`, String(value)), due)
      }
      return sagas.has(type)
    },
    land({ stream, data }) {
      const due = open.get(stream)
      if (due === undefined) return undefined
      open.delete(stream)
      waiting.delete(stream)
      return { due, outcome: String(asObject(data).outcome) }
    },
    wait(saga) {
      for (const one of saga === undefined ? open.keys() : [saga]) if (open.has(one)) waiting.add(one)
    },
    get open() {
      return open.size
    },
    get waiting() {
      return waiting.size
    },
  }
}
