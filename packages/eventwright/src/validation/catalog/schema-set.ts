import type { Place } from '../../findings/index.ts'

/** A file (or a part of one) that holds schemas, under the URI that its relative references start from. */
export type SchemaDocument = {
  readonly uri: string
  readonly content: unknown
}

/** The schema of one event type at one version. */
export type EventSchema = {
  readonly name: string
  /** Absent where the source does not say: then any namespace will do. */
  readonly namespace?: string
  /** Absent where the source does not say: then it is the newest. */
  readonly version?: number
  /** Where the schema stands: a document's URI, with a JSON pointer as its fragment. */
  readonly uri: string
  readonly place: Place
  /** What the schema describes: the payload, or the event as a whole. */
  readonly covers: 'data' | 'event'
  readonly draft: Draft
  /** Brings the payload of an older version, which has no schema of its own, to the version of this schema. */
  readonly upcast?: (data: unknown, version: number) => unknown
}

export type Draft = '2020-12' | '7'

/** What one source of schemas gives. */
export type SchemaSet = {
  readonly documents: readonly SchemaDocument[]
  readonly events: readonly EventSchema[]
}

/** `com.example.shop.OrderPlaced.v2` taken apart; what it does not say is absent. */
export function nameParts(text: string): {
  readonly name: string
  readonly namespace?: string
  readonly version?: number
} {
  const [, full = text, digits] = /^(.+)\.v([1-9]\d{0,8})$/s.exec(text) ?? []
  const dot = full.lastIndexOf('.')
  return {
    name: full.slice(dot + 1),
    ...(dot > 0 && { namespace: full.slice(0, dot) }),
    ...(digits !== undefined && { version: Number(digits) }),
  }
}

/** The draft that a schema names; 2020-12 where it names none. */
export function draftOf(schema: unknown): Draft {
  const named = typeof schema === 'object' && schema !== null && '$schema' in schema ? schema.$schema : ''
  return typeof named === 'string' && /draft-0[4-7]/.test(named) ? '7' : '2020-12'
}
