import type { EventStore, RecordedEvent } from '@eventwright/core'

/** A store of a service, under the name that the trace shows. */
export interface Source {
  readonly name: string
  readonly store: EventStore
}

/** An event and where it was found; `service` is absent where only another service's copy of it is there. */
export interface Found {
  readonly service?: string
  readonly event: RecordedEvent
}

/** The conversation that an event belongs to: one that carries no correlation id begins its own. */
export function conversationOf({ metadata, id }: Pick<RecordedEvent, 'metadata' | 'id'>): string {
  return metadata.correlationId ?? id
}
