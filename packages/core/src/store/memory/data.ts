import { newId } from '../../event/index.ts'
import type { StoredCheckpoint, StoredEvent, StoredTimerRow } from '../stored.ts'
import type { CommandRecord } from '../transaction.ts'
import type { Collection } from './collection.ts'

export interface KeptTimer extends StoredTimerRow {
  readonly tenant: string
  readonly owner: string
  readonly id: string
}

export interface KeptLease {
  readonly holder: string | undefined
  readonly token: number
  readonly expires: number
}

/** Everything that a memory store holds: it outlives the stores that are opened on it, as a file does. */
export interface MemoryData {
  epoch: string
  revision: number
  commits: number
  readonly log: StoredEvent[]
  readonly streams: Map<string, StoredEvent[]>
  readonly ids: Map<string, StoredEvent>
  /** By tenant and name. */
  readonly collections: Map<string, Collection>
  readonly inbox: Map<string, number>
  /** Ids of the inbox in order of arrival, with when they expire. */
  readonly expiring: Map<string, number>
  readonly checkpoints: Map<string, StoredCheckpoint>
  readonly commands: Map<string, CommandRecord>
  readonly timers: Map<string, KeptTimer>
  readonly fences: Map<string, number>
  readonly leases: Map<string, KeptLease>
  readonly listeners: Set<() => void>
}

export function emptyData(): MemoryData {
  return {
    epoch: newId(),
    revision: 0,
    commits: 0,
    log: [],
    streams: new Map(),
    ids: new Map(),
    collections: new Map(),
    inbox: new Map(),
    expiring: new Map(),
    checkpoints: new Map(),
    commands: new Map(),
    timers: new Map(),
    fences: new Map(),
    leases: new Map(),
    listeners: new Set(),
  }
}
