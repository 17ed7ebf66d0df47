import { NewerEventVersion } from '../catalog/index.ts'
import type { RecordedEvent } from '../event/index.ts'
import type { ViewedDocument } from '../store/index.ts'
import { collectionsOf, type ProjectionDefinition } from './definition.ts'
import { handleEvent, versionCollection } from './own-documents.ts'
import { type RebuiltDocuments, rebuiltDocuments } from './rebuilt-documents.ts'

/** A read model that is built from events in memory, beside the live one and without touching it. */
export interface Rebuild {
  /**
   * Gives the event to the handlers, an old payload upcast; what they do not hear is passed over. `now` is the
   * event's own time. @throws HandlerFailure NewerEventVersion
   */
  take(event: RecordedEvent): Promise<void>
  /** What the handlers wrote so far; the collections as they name them. */
  documents(): Generator<ViewedDocument>
  /** One of them as JSON text. */
  text(place: Omit<ViewedDocument, 'text'>): string | undefined
}

/** Begins to build a projection anew, on its own machinery: the handlers and what they may write to. */
export function rebuildProjection(definition: ProjectionDefinition): Rebuild {
  const { catalog, name, version } = definition
  const types = new Set(definition.types)
  const ownNames = new Map(
    collectionsOf(definition).map((own) => [versionCollection(own, version), own] as const),
  )
  const tenants = new Map<string, Map<string, RebuiltDocuments>>()

  function documentsIn(tenant: string, collection: string): RebuiltDocuments {
    const collections = tenants.get(tenant) ?? new Map<string, RebuiltDocuments>()
    tenants.set(tenant, collections)
    const own = ownNames.get(collection) ?? collection
    const documents = collections.get(own) ?? rebuiltDocuments(own, tenant)
    collections.set(own, documents)
    return documents
  }

  return {
    async take(event) {
      if (!types.has(event.type)) return
      if (catalog.isNewer(event)) {
        const { type, schemaVersion, stream, position } = event
        const where = `Projection ${name}, at position ${position} (${stream}),`
        throw new NewerEventVersion(type, schemaVersion, catalog.version(type), where)
      }
      const { tenant, recordedAt: now } = event
      const touched = new Set<RebuiltDocuments>()
      await handleEvent(definition, catalog.upcast(event), {
        tenant,
        now,
        documents<Value>(collection: string) {
          const documents = documentsIn(tenant, collection)
          touched.add(documents)
          return documents.as<Value>()
        },
      })
      for (const documents of touched) documents.settle()
    },
    *documents() {
      for (const [tenant, collections] of tenants) {
        for (const [collection, documents] of collections) {
          for (const [id, text] of documents.texts()) yield { tenant, collection, id, text }
        }
      }
    },
    text: ({ tenant, collection, id }) => tenants.get(tenant)?.get(collection)?.texts().get(id),
  }
}
