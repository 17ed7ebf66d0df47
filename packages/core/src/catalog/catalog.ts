import type { EventMap, NewEvent, PendingEvent } from '../event/index.ts'

/** Turns the payload of one schema version into that of the next: `{ 1: (old) => … }` goes from 1 to 2. */
export type Upcaster = (old: unknown) => unknown

/** What an append checks and a read upcasts with. Without a schema for a type only its form is checked. */
export interface Catalog<Map extends EventMap = EventMap> {
  /** `com.example.shop`: the prefix of the types on the wire. */
  readonly namespace: string
  /** The prefix of one type: another than `namespace` where catalogs were merged. */
  namespaceOf(type: string): string
  /** Event types this catalog knows; empty means that it knows none by name and takes all (types without schemas). */
  readonly types: ReadonlySet<string>
  /** The newest schema version of a type (1 where nothing is declared). */
  version(type: string): number
  /**
   * Producers are closed: an unknown type (where types are declared) or a payload that its schema
   * refuses throws `UnknownEventType` or `InvalidPayload`. Gives the event with its `schemaVersion` set.
   */
  prepare<Event extends NewEvent>(event: Event): Event & { readonly schemaVersion: number }
  /**
   * Consumers are open: throws `InvalidPayload` where a known type's payload lacks or breaks what the schema
   * of its version asks; what the schema does not know passes. Gives the payload as it came; `upcast` brings
   * it to the newest version. Technical events, unknown types and newer versions pass unchecked.
   */
  receive(type: string, schemaVersion: number, data: unknown): unknown
  /** The event with its payload brought to the newest version; as it is when it is newer than this catalog or unknown to it. */
  upcast<Event extends PendingEvent>(event: Event): Event
  /** True when the event was written with a newer schema version than this catalog has: wait, do not fail. */
  isNewer(event: { readonly type: string; readonly schemaVersion: number }): boolean
  /** Only for inference; never set. */
  readonly events?: Map
}
