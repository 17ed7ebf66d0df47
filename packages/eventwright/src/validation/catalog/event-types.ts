import { isTechnical } from '@eventwright/core'
import { nearest } from '../../findings/index.ts'
import { type EventSchema, nameParts } from './schema-set.ts'
import type { Validator, Validators } from './validators.ts'

/** What a catalog knows of the type that an event names. */
export type KnownType =
  | {
      readonly kind: 'schema'
      readonly schema: EventSchema
      readonly validator: Validator
      readonly version: number
    }
  | { readonly kind: 'unchecked' }
  | { readonly kind: 'unknown-type'; readonly mend: string }
  | { readonly kind: 'unknown-version'; readonly version: number; readonly mend: string }

/** Schemas by the type on the wire. */
export type EventTypes = (wireType: string) => KnownType

const UNCHECKED: KnownType = { kind: 'unchecked' }

/** Finds the schema of a type. Without any schemas, and for technical events, payloads pass unchecked. */
export function createEventTypes(
  schemas: readonly EventSchema[] | undefined,
  validators: Validators,
): EventTypes {
  if (schemas === undefined) return () => UNCHECKED
  const byName = Map.groupBy(schemas, ({ name }) => name)
  const versions = new Map(
    schemas.map((schema) => [schema, versionOf(schema, byName.get(schema.name) ?? [])]),
  )
  return (wireType) => {
    if (isTechnical(wireType)) return UNCHECKED
    const { name, namespace = '', version = 1 } = nameParts(wireType)
    const named = (byName.get(name) ?? []).filter(
      (s) => s.namespace === undefined || s.namespace === namespace,
    )
    if (named.length === 0) return { kind: 'unknown-type', mend: mendType(wireType, schemas) }
    const schema =
      named.find((s) => versions.get(s) === version) ?? named.find((s) => upcasts(s, version, versions))
    if (schema === undefined)
      return unknownVersion(
        name,
        version,
        named.map((s) => versions.get(s) ?? 1),
      )
    return { kind: 'schema', schema, validator: validators.of(schema.uri, schema.draft), version }
  }
}

/** A schema without a version in its name is the newest: one beyond the highest that is named. */
export function versionOf(schema: EventSchema, all: readonly EventSchema[]): number {
  return schema.version ?? Math.max(0, ...all.map(({ version = 0 }) => version)) + 1
}

function upcasts(schema: EventSchema, version: number, versions: ReadonlyMap<EventSchema, number>): boolean {
  return schema.upcast !== undefined && version < (versions.get(schema) ?? 1)
}

function unknownVersion(name: string, version: number, known: readonly number[]): KnownType {
  const list = [...new Set(known)].sort((a, b) => a - b).join(' and ')
  const mend = `There are schemas of ${name} version ${list}: mend the version, or add the schema of ${name}.v${version}.`
  return { kind: 'unknown-version', version, mend }
}

function mendType(wireType: string, schemas: readonly EventSchema[]): string {
  const { name, namespace } = nameParts(wireType)
  const ofName = schemas.find((s) => s.name === name && s.namespace !== undefined)
  if (ofName !== undefined) return `Did you mean the namespace \`${ofName.namespace}\`?`
  const names = [...new Set(schemas.map((s) => s.name))]
  const near = nearest(name, names)
  if (near !== undefined) {
    const { namespace: own = namespace } = schemas.find((s) => s.name === near) ?? {}
    return `Did you mean \`${own === undefined ? near : `${own}.${near}`}\`?`
  }
  const shown = names.slice(0, 12).map((known) => `\`${known}\``)
  return `Use one of ${shown.join(', ')}${names.length > 12 ? ', …' : ''}, or add its schema.`
}
