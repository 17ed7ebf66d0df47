import type { DocumentReader, EventStore } from '../store/index.ts'
import { collectionsOf, type ProjectionDefinition } from './definition.ts'
import { ProjectionNotBuilt } from './errors.ts'
import { liveVersion } from './live.ts'
import { versionCollection } from './own-documents.ts'

export interface ReadModelOptions {
  /** Default `''`. */
  readonly tenant?: string
}

/**
 * The documents of a collection as its projection's live version has them; of a collection that no projection
 * owns, as they are. Each call looks anew which version is live, so a reader may be kept.
 */
export function readModel<Value>(
  store: EventStore,
  projections: readonly ProjectionDefinition[],
  collection: string,
  options: ReadModelOptions = {},
): DocumentReader<Value> {
  const owner = projections.find((definition) => collectionsOf(definition).includes(collection))
  if (!owner) return store.documents<Value>(collection, options)

  async function live(name: string): Promise<DocumentReader<Value>> {
    const version = await liveVersion(store, name)
    if (version !== undefined) return store.documents<Value>(versionCollection(collection, version), options)
    throw new ProjectionNotBuilt(name)
  }
  return {
    get: async (id) => (await live(owner.name)).get(id),
    list: async (listing) => (await live(owner.name)).list(listing),
  }
}
