import { isTechnical } from '@eventwright/core'
import { nearest } from '../../findings/index.ts'
import { SchemaUnusable } from '../errors.ts'
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
  return (wireType) => {
    if (isTechnical(wireType)) return UNCHECKED
    const { name, namespace = '', version = 1 } = nameParts(wireType)
    const named = (byName.get(name) ?? []).filter(
      (schema) => schema.namespace === undefined || schema.namespace === namespace,
    )
    if (named.length === 0) return { kind: 'unknown-type', mend: mendType(wireType, schemas) }
    const schema = schemaOf(version, named)
    if (schema === undefined) return unknownVersion(name, version, named)
    return {
      kind: 'schema',
      schema,
      validator: placed(schema, () => validators.of(schema.uri, schema.draft)),
      version,
    }
  }
}

/** What fails in it says where the schema stands. */
function placed(schema: EventSchema, make: () => Validator): Validator {
  const at = <T>(run: () => T): T => {
    try {
      return run()
    } catch (error) {
      if (!(error instanceof SchemaUnusable) || error.place !== undefined) throw error
      const { message, mend, cause } = error
      throw new SchemaUnusable(message, { mend, place: schema.place, cause })
    }
  }
  const validator = at(make)
  return {
    accepts: (value) => at(() => validator.accepts(value)),
    errors: (value) => at(() => validator.errors(value)),
  }
}

/** The schema of a version: its own, else the newest where that has no number, else one that older payloads become. */
function schemaOf(version: number, named: readonly EventSchema[]): EventSchema | undefined {
  const highest = Math.max(0, ...named.map((schema) => schema.version ?? 0))
  const newest = version > highest ? named.find((schema) => schema.version === undefined) : undefined
  const own = named.find((schema) => schema.version === version)
  return (
    own ?? newest ?? named.find((schema) => schema.upcast !== undefined && version < (schema.version ?? 1))
  )
}

function unknownVersion(name: string, version: number, named: readonly EventSchema[]): KnownType {
  const versions = [...new Set(named.map((schema) => schema.version ?? 'newest'))].sort()
  const mend = `There are schemas of ${name} version ${versions.join(' and ')}: mend the version, or add the schema of ${name}.v${version}.`
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
