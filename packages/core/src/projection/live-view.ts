import type { RecordedEvent } from '../event/index.ts'
import type { EventStore, StoreView, ViewedDocument } from '../store/index.ts'
import { checkpointOf, collectionsOf, type ProjectionDefinition } from './definition.ts'
import { marksCollection } from './inline.ts'
import { LIVE, liveVersion } from './live.ts'
import { versionCollection } from './own-documents.ts'

/** The documents that readers of a projection see, and the events that they come of. */
export interface LiveProjection {
  /** The version that is live. */
  readonly version: number
  /** Its checkpoint: everything up to there is in the documents. */
  readonly position: number
  /** No event behind this position is in the documents. */
  readonly end: number
  /** Whether the documents have this event in them. */
  hasTaken(event: RecordedEvent): boolean
  /** The collections as the handlers name them. */
  readonly documents: readonly ViewedDocument[]
}

/** How far the live version of a projection is; `undefined` until one was built. */
export async function livePosition(store: EventStore, name: string): Promise<number | undefined> {
  const live = await liveVersion(store, name)
  return live === undefined ? undefined : store.checkpoint(checkpointOf(name, live))
}

/**
 * Reads the live documents of a projection in one go with what they come of, whoever writes meanwhile;
 * `undefined` until a version was built. @throws EpochChanged
 */
export async function liveProjection(
  store: EventStore,
  definition: ProjectionDefinition,
): Promise<LiveProjection | undefined> {
  const { name } = definition
  for (;;) {
    const version = await liveVersion(store, name)
    if (version === undefined) return undefined
    const own = new Map(
      collectionsOf(definition).map((one) => [versionCollection(one, version), one] as const),
    )
    const marks = marksCollection(name, version)
    const view = await store.view({
      checkpoint: checkpointOf(name, version),
      collections: [LIVE, marks, ...own.keys()],
    })
    // Another version went live before the view: its documents are the ones to look at.
    if (isLive(view, name, version)) return liveOf(view, version, marks, own)
  }
}

function isLive({ documents }: StoreView, name: string, version: number): boolean {
  const row = documents.find(
    ({ collection, id, tenant }) => collection === LIVE && id === name && tenant === '',
  )
  return row !== undefined && JSON.parse(row.text).live === version
}

function liveOf(
  { head, checkpoints, documents }: StoreView,
  version: number,
  marks: string,
  own: ReadonlyMap<string, string>,
): LiveProjection {
  const position = checkpoints.get('') ?? 0
  const taken = new Map<string, number>()
  const found: ViewedDocument[] = []
  for (const { tenant, collection, id, text } of documents) {
    const name = own.get(collection)
    if (name !== undefined) found.push({ tenant, collection: name, id, text })
    if (collection === marks) taken.set(keyOf(tenant, id), Number(text))
  }
  // Appends write an inline projection before its checkpoint comes to them.
  const end = taken.size > 0 ? head : Math.max(position, ...checkpoints.values())
  return {
    version,
    position,
    end,
    documents: found,
    hasTaken(event) {
      const { tenant, stream } = event
      if (event.position <= Math.max(position, checkpoints.get(tenant) ?? 0)) return true
      return event.position <= head && event.version <= (taken.get(keyOf(tenant, stream)) ?? 0)
    },
  }
}

function keyOf(tenant: string, stream: string): string {
  return JSON.stringify([tenant, stream])
}
