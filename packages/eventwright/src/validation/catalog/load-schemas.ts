import { createReport, type Finding, type Report, type Sources } from '../../findings/index.ts'
import { CODES, type Code } from '../codes.ts'
import type { JsonSchema } from '../envelope/schema.ts'
import type { EventSchema, SchemaSet } from './schema-set.ts'

/** Where payload schemas come from; several add up. */
export type SchemaSources = {
  readonly folders?: readonly string[]
  readonly catalogs?: readonly string[]
  readonly flows?: readonly string[]
  readonly asyncApis?: readonly string[]
  /** A file with another schema of the envelope than our own. */
  readonly envelope?: string
}

/** Schemas, or the findings that say why they cannot be used. */
export type LoadedSchemas = {
  /** Absent where no source was named. */
  readonly schemas?: SchemaSet
  readonly envelope?: JsonSchema
  readonly findings: readonly Finding[]
  readonly sources: Sources
}

/** Reads all sources of schemas. @throws InputUnreadable, FlowFileError */
export async function loadSchemas({ envelope: file, ...sources }: SchemaSources): Promise<LoadedSchemas> {
  const report = createReport<Code>(CODES)
  const envelope = file === undefined ? undefined : await envelopeSchema(file, report)
  const payloads = await payloadSchemas(sources, report)
  return {
    ...payloads,
    findings: [...payloads.findings, ...report.findings],
    ...(envelope !== undefined && { envelope }),
  }
}

async function envelopeSchema(file: string, report: Report<Code>): Promise<JsonSchema | undefined> {
  const { readDocument } = await import('./read-document.ts')
  const document = readDocument(file, report)
  const content = document?.content
  if (document === undefined) return undefined
  if (typeof content === 'object' && content !== null && '$id' in content && typeof content.$id === 'string')
    return { ...content }
  const message = 'This is no schema of the envelope: it has no `$id`.'
  report(
    'catalog-broken',
    document.place([]),
    message,
    'Take validators/event-schema.json of the skill, and change that.',
  )
  return undefined
}

async function payloadSchemas(
  { folders = [], catalogs = [], flows = [], asyncApis = [] }: SchemaSources,
  report: Report<Code>,
): Promise<Omit<LoadedSchemas, 'envelope'>> {
  if (folders.length + catalogs.length + flows.length + asyncApis.length === 0)
    return { findings: [], sources: new Map() }
  const sets: SchemaSet[] = []
  const findings: Finding[] = []
  let sources: Sources = new Map()
  if (folders.length > 0) {
    const { folderSchemas } = await import('./schema-folder.ts')
    sets.push(...folders.map((folder) => folderSchemas(folder, report)))
  }
  if (catalogs.length > 0) {
    const { catalogFileSchemas } = await import('./catalog-file.ts')
    sets.push(...catalogs.map((file) => catalogFileSchemas(file, report)))
  }
  if (asyncApis.length > 0) {
    const { asyncApiSchemas } = await import('./asyncapi.ts')
    sets.push(...asyncApis.map((file) => asyncApiSchemas(file, report)))
  }
  for (const file of flows) {
    const { flowSchemas } = await import('./flow-schemas.ts')
    const read = await flowSchemas(file)
    sets.push(read)
    findings.push(...read.findings)
    sources = new Map([...sources, ...read.sources])
  }
  const events = sets.flatMap((set) => set.events)
  reportTwice(events, report)
  const documents = new Map(sets.flatMap((set) => set.documents).map((document) => [document.uri, document]))
  return {
    schemas: { documents: [...documents.values()], events },
    findings,
    sources,
  }
}

/** Two schemas of one type at one version: nobody knows which one counts. */
function reportTwice(events: readonly EventSchema[], report: Report<Code>): void {
  const seen = new Map<string, EventSchema>()
  for (const event of events) {
    const key = JSON.stringify([event.namespace, event.name, event.version])
    const before = seen.get(key)
    if (before === undefined) seen.set(key, event)
    else if (before.uri !== event.uri) {
      const { file, line } = before.place
      const version = event.version === undefined ? '' : ` version ${event.version}`
      report(
        'catalog-broken',
        event.place,
        `This is a second schema of ${event.name}${version}; the first is at ${file}:${line}.`,
        'Take one of them out, or give it another version.',
      )
    }
  }
}
