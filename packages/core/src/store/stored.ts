import type { RecordedEvent } from '../event/index.ts'
import type { CommandRecord } from './transaction.ts'

/** An event as an engine keeps it: payload and metadata are JSON text. */
export interface StoredEvent {
  readonly position: number
  readonly tenant: string
  readonly stream: string
  readonly version: number
  readonly id: string
  readonly type: string
  readonly schemaVersion: number
  readonly recordedAt: number
  readonly data: string
  readonly metadata: string
}

export interface StoredDocument {
  readonly revision: number
  /** JSON text. */
  readonly value: string
}

export interface StoredCheckpoint {
  readonly position: number
  readonly epoch: string
}

export interface StoredTimerRow {
  readonly revision: number
  readonly due: number
  /** JSON text. */
  readonly data: string
}

export type StoredCommand = CommandRecord

export function recorded(stored: StoredEvent): RecordedEvent {
  return {
    position: stored.position,
    tenant: stored.tenant,
    stream: stored.stream,
    version: stored.version,
    id: stored.id,
    type: stored.type,
    schemaVersion: stored.schemaVersion,
    recordedAt: stored.recordedAt,
    data: JSON.parse(stored.data),
    // Most have none.
    metadata: stored.metadata === '{}' ? {} : JSON.parse(stored.metadata),
  }
}
