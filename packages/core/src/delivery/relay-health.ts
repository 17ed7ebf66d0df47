import type { EventStore } from '../store/index.ts'
import type { ComponentHealth, ComponentWork } from './component.ts'
import { countDeadLetters } from './dead-letters.ts'
import { reasonOf } from './errors.ts'
import type { RelayLanes } from './relay-lanes.ts'
import type { RelayLease } from './relay-lease.ts'
import { RELAY, type RelayParking } from './relay-parking.ts'

/** A relay as it stands. */
export interface RelayStanding {
  readonly lanes: RelayLanes
  readonly lease: RelayLease
  readonly parking: RelayParking
  readonly counts: Pick<ComponentWork, 'handled' | 'retries' | 'parked'>
  readonly running: boolean
  readonly fault: Error | undefined
  /** What went wrong last and is tried again. */
  readonly trouble: unknown
}

export async function relayHealth(store: EventStore, standing: RelayStanding): Promise<ComponentHealth> {
  const { lanes, lease, fault, trouble, counts } = standing
  const error = fault ?? trouble
  const parked = await standing.parking.look()
  const letters = parked ? (await countDeadLetters(store, { consumer: RELAY })).letters : 0
  return {
    name: RELAY,
    state: stateOf(standing),
    lag: fault ? 0 : await lagOf(store),
    ...(error === undefined ? {} : { error: reasonOf(error).message }),
    work: { inFlight: lanes.size, ...counts, leaseHeld: lease.isHeld() },
    detail: {
      parkedKeys: parked?.keys ?? 0,
      deadLetters: letters,
      redrives: parked?.redrives ?? 0,
      waiting: lanes.size,
    },
  }
}

function stateOf({ fault, running, lease }: RelayStanding): ComponentHealth['state'] {
  if (fault) return 'faulted'
  if (!running) return 'stopped'
  return lease.isHeld() ? 'running' : 'waiting'
}

async function lagOf(store: EventStore): Promise<number> {
  return Math.max(0, (await store.head()) - (await store.checkpoint(RELAY)))
}
