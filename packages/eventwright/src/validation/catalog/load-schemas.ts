import { createReport, type Finding, type Sources } from '../../findings/index.ts'
import { CODES, type Code } from '../codes.ts'
import type { EventSchema, SchemaSet } from './schema-set.ts'

/** Where payload schemas come from; several add up. */
export type SchemaSources = {
  readonly folders?: readonly string[]
  readonly catalogs?: readonly string[]
  readonly flows?: readonly string[]
  readonly asyncApis?: readonly string[]
}

/** Schemas, or the findings that say why they cannot be used. */
export type LoadedSchemas = {
  /** Absent where no source was named. */
  readonly schemas?: SchemaSet
  readonly findings: readonly Finding[]
  readonly sources: Sources
}

/** Reads all sources of schemas. @throws InputUnreadable, FlowFileError */
export async function loadSchemas({
  folders = [],
  catalogs = [],
  flows = [],
  asyncApis = [],
}: SchemaSources): Promise<LoadedSchemas> {
  if (folders.length + catalogs.length + flows.length + asyncApis.length === 0)
    return { findings: [], sources: new Map() }
  const report = createReport<Code>(CODES)
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
    findings: [...findings, ...report.findings],
    sources,
  }
}

/** Two schemas of one type at one version: nobody knows which one counts. */
function reportTwice(events: readonly EventSchema[], report: ReturnType<typeof createReport<Code>>): void {
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
