/** What JSON can say. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [name: string]: Json | undefined }

/**
 * What travels beside a payload. `correlationId` names the conversation, `causationId` the command or
 * event that led to this one, `commandId` the command that was decided. Anything else is the user's.
 */
export interface Metadata {
  readonly correlationId?: string
  readonly causationId?: string
  readonly commandId?: string
  readonly traceparent?: string
  readonly [extension: string]: Json | undefined
}

/**
 * An event as code writes it. `type` is the name in code (`OrderPlaced`); the version of its schema is
 * the number beside it, which the catalog sets. `id` makes an append idempotent; without one a UUIDv7
 * is given.
 */
export interface NewEvent<Type extends string = string, Data = unknown> {
  readonly type: Type
  readonly data: Data
  readonly id?: string
  readonly schemaVersion?: number
  readonly metadata?: Metadata
}

/** An event of a unit of work that is not committed yet: it has a version in its stream, no position. */
export interface PendingEvent<Type extends string = string, Data = unknown> {
  readonly id: string
  readonly type: Type
  readonly data: Data
  readonly schemaVersion: number
  readonly metadata: Metadata
  readonly tenant: string
  readonly stream: string
  /** In its stream, from 1, without gaps. */
  readonly version: number
}

/** An event as the log holds it. */
export interface RecordedEvent<Type extends string = string, Data = unknown>
  extends PendingEvent<Type, Data> {
  /** In the log, ascending, gaps possible. */
  readonly position: number
  /** Milliseconds since 1970, on the app's clock. */
  readonly recordedAt: number
}

/** Payload types by event name: what a catalog is made of. */
export type EventMap = { readonly [type: string]: unknown }

/** The union of a map's new events: `{ type: 'OrderPlaced', data: { … } } | …`. */
export type NewEventOf<Map extends EventMap> = {
  [Type in keyof Map & string]: NewEvent<Type, Map[Type]>
}[keyof Map & string]

/** The union of a map's events before they have a position. */
export type PendingEventOf<Map extends EventMap> = {
  [Type in keyof Map & string]: PendingEvent<Type, Map[Type]>
}[keyof Map & string]

/** The union of a map's recorded events. */
export type RecordedEventOf<Map extends EventMap> = {
  [Type in keyof Map & string]: RecordedEvent<Type, Map[Type]>
}[keyof Map & string]

/** Types of events that Eventwright itself records begin with this; a catalog's own names have no dot. */
export const TECHNICAL_PREFIX = 'eventwright.'

/** True for an event type that Eventwright itself records (`eventwright.CommandHandled`). */
export function isTechnical(type: string): boolean {
  return type.startsWith(TECHNICAL_PREFIX)
}
