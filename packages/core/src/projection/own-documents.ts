import { partsOfStream } from '../aggregate/index.ts'
import type { PendingEvent } from '../event/index.ts'
import type { Documents } from '../store/index.ts'
import { collectionsOf, type ProjectionDefinition, type ProjectionTx, versionedName } from './definition.ts'
import { ForeignCollection, ForeignDocument, HandlerFailure } from './errors.ts'

/** Where a version of a projection keeps what its handlers call `collection`: each version has its own. */
export function versionCollection(collection: string, version: number): string {
  return `eventwright.projection.${versionedName(collection, version)}`
}

/**
 * Runs the handler on one event. What it or its updates throw comes out as `HandlerFailure`; what the store
 * throws inside it comes out as it is, since the event is not to blame for that.
 */
export async function handleEvent(
  definition: ProjectionDefinition,
  event: PendingEvent,
  tx: ProjectionTx,
): Promise<void> {
  const ofStore = new Set<unknown>()
  const own: ProjectionTx = {
    tenant: tx.tenant,
    now: tx.now,
    documents: <Value>(collection: string) => {
      const owned = collectionsOf(definition)
      if (!owned.includes(collection)) throw new ForeignCollection(definition.name, collection, owned)
      const documents = tx.documents<Value>(versionCollection(collection, definition.version))
      const watched = blameEvent(documents, definition.name, event, ofStore)
      return definition.inline ? keyedByStream(watched, definition.name, event.stream) : watched
    },
  }
  try {
    await definition.handle(event, own)
  } catch (error) {
    throw ofStore.has(error) ? error : new HandlerFailure(definition.name, event, error)
  }
}

function blameEvent<Value>(
  documents: Documents<Value>,
  projection: string,
  event: PendingEvent,
  ofStore: Set<unknown>,
): Documents<Value> {
  async function watched<Result>(reading: Promise<Result>): Promise<Result> {
    try {
      return await reading
    } catch (error) {
      ofStore.add(error)
      throw error
    }
  }
  return {
    get: (id) => watched(documents.get(id)),
    list: (options) => watched(documents.list(options)),
    put: (id, value) => documents.put(id, value),
    delete: (id) => documents.delete(id),
    update: (id, change) =>
      documents.update(id, (current) => {
        try {
          return change(current)
        } catch (error) {
          throw new HandlerFailure(projection, event, error)
        }
      }),
  }
}

/** Two streams that write one document would make its content depend on which append came first. */
function keyedByStream<Value>(
  documents: Documents<Value>,
  projection: string,
  stream: string,
): Documents<Value> {
  const allowed = [partsOfStream(stream).id, stream]
  function checked(id: string): string {
    if (!allowed.includes(id)) throw new ForeignDocument(projection, id, stream, allowed)
    return id
  }
  return {
    get: async (id) => documents.get(checked(id)),
    list: async () => {
      throw new ForeignDocument(projection, 'list()', stream, allowed)
    },
    put: (id, value) => documents.put(checked(id), value),
    delete: (id) => documents.delete(checked(id)),
    update: (id, change) => documents.update(checked(id), change),
  }
}
