import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { InvalidCatalog } from './errors.ts'
import { type JsonSchema, type SchemaDocument, schemaCompiler } from './json-schema.ts'
import type { PayloadChecks } from './payload-check.ts'
import { isStandardSchema, standardChecks } from './standard-schema.ts'

/** Where schemas come from: a folder (a path from the working folder, or a URL), or a record by type. */
export type Schemas = string | URL | { readonly [type: string]: JsonSchema | boolean | StandardSchemaV1 }

/** One type's schema at one version. */
export interface TypeSchema {
  readonly type: string
  /** `undefined` where the name says none: it is the newest. */
  readonly version: number | undefined
  readonly place: string
  readonly checks: PayloadChecks
}

/** All schemas of a catalog by type and version: `OrderPlaced`, `OrderPlaced.v2`. @throws InvalidCatalog */
export function typeSchemas(schemas: Schemas): readonly TypeSchema[] {
  if (typeof schemas === 'string' || schemas instanceof URL) return folderSchemas(schemas)
  return recordSchemas(schemas)
}

function recordSchemas(record: Exclude<Schemas, string | URL>): readonly TypeSchema[] {
  const documents: SchemaDocument[] = []
  for (const [name, schema] of Object.entries(record)) {
    if (!isStandardSchema(schema))
      documents.push({ uri: recordUri(name), place: `The schema of ${name}`, schema })
  }
  const compiler = schemaCompiler(documents)
  return Object.entries(record).map(([name, schema]) => {
    const place = `The schema of ${name}`
    const checks = isStandardSchema(schema) ? standardChecks(schema, place) : compiler.checks(recordUri(name))
    return { ...typeAndVersion(name, place), place, checks }
  })
}

function recordUri(name: string): string {
  return `eventwright:/schemas/${encodeURIComponent(name)}`
}

/** Files in the folder are event types; those in folders below it, and those that begin with `_`, are there to be referred to. */
function folderSchemas(folder: string | URL): readonly TypeSchema[] {
  const root = typeof folder === 'string' ? resolve(folder) : fileURLToPath(folder)
  const documents = filesOf(root).map(readDocument)
  const compiler = schemaCompiler(documents)
  return documents
    .filter(({ place }) => join(root, basename(place)) === place && !basename(place).startsWith('_'))
    .map(({ place, uri }) => {
      const name = basename(place).replace(/(\.schema)?\.json$/, '')
      return { ...typeAndVersion(name, place), place, checks: compiler.checks(uri) }
    })
}

function filesOf(root: string): readonly string[] {
  try {
    const entries = readdirSync(root, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    return files.map((entry) => join(entry.parentPath, entry.name)).sort()
  } catch (cause) {
    throw new InvalidCatalog(
      `The folder of schemas ${root} cannot be read. Give a folder of JSON Schema files.`,
      { cause },
    )
  }
}

function readDocument(place: string): SchemaDocument {
  try {
    return { uri: pathToFileURL(place).href, place, schema: JSON.parse(readFileSync(place, 'utf8')) }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new InvalidCatalog(`${place} is not JSON: ${reason}.`, { cause })
  }
}

function typeAndVersion(
  name: string,
  place: string,
): { readonly type: string; readonly version: number | undefined } {
  const [, type = name, digits] = /^(.+)\.v([1-9]\d{0,8})$/.exec(name) ?? []
  if (type.includes('.') || type === '') {
    throw new InvalidCatalog(
      `${place}: ${name} cannot name an event type. Use a name without a dot, or NAME.vN.`,
    )
  }
  return { type, version: digits === undefined ? undefined : Number(digits) }
}
