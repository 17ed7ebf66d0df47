import type { Place } from './place.ts'

/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject
/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json }

/** The type of a field, as the flow file means it; `schema` of the field says the same as JSON Schema. */
export type FieldType =
  | { readonly kind: 'string' | 'int' | 'double' | 'bool' | 'timestamp' | 'any' }
  | { readonly kind: 'enum'; readonly members: readonly string[] }
  | { readonly kind: 'list'; readonly element: FieldType }
  | { readonly kind: 'object'; readonly fields: readonly Field[]; readonly open: boolean }

/** One field of a payload, a row or a state. */
export type Field = {
  readonly name: string
  readonly type: FieldType
  /** Marked `?`: it may be absent (never null). */
  readonly optional: boolean
  /** What a scenario puts in when it says nothing: `example`, else derived from the type. */
  readonly example: Json
  /** JSON Schema (2020-12) of the value alone, with named types written out. */
  readonly schema: JsonObject
  /** The named type the field was written with (`Id`), for what is generated from the flow. */
  readonly typeName?: string
  readonly place: Place
}

/**
 * The payload of a command or an event. The aggregate's id is its first field and required: it is implied in
 * every message of the aggregate, so nobody writes it.
 */
export type Payload = {
  readonly fields: readonly Field[]
  /** Closed JSON Schema (2020-12) of the whole payload, the id included. */
  readonly schema: JsonObject
  /** A payload of all required fields, made of their examples. */
  readonly example: JsonObject
  readonly place: Place
}

/** A type of the flow's `types:`. */
export type NamedType = {
  readonly name: string
  readonly type: FieldType
  readonly schema: JsonObject
  readonly example: Json
  readonly place: Place
}
