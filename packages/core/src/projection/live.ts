import { EpochChanged, type EventStore, type Lease, type Tx } from '../store/index.ts'
import { checkpointOf, collectionsOf, type ProjectionDefinition, versionedName } from './definition.ts'
import type { ProjectionFault } from './errors.ts'

/** Which version of a projection readers see. One document a projection, of no tenant. */
interface LiveProjection {
  readonly live: number
  readonly collections: readonly string[]
}

/** Where the live versions of all projections stand, by name. */
export const LIVE = 'eventwright.projections'
const FAULTS = 'eventwright.faults'

/** The version that readers see; `undefined` until one was built. */
export async function liveVersion(store: EventStore, name: string): Promise<number | undefined> {
  return (await store.documents<LiveProjection>(LIVE).get(name))?.live
}

/** On an empty log every projection is built already, so its first reader needs not wait. */
export async function establish(store: EventStore, definition: ProjectionDefinition): Promise<void> {
  if ((await liveVersion(store, definition.name)) !== undefined) return
  if ((await store.head()) > 0) return
  await store.transaction(async (tx) => {
    const current = await tx.documents<LiveProjection>(LIVE).get(definition.name)
    if (!current) putLive(tx, definition)
  })
}

/**
 * Shows readers this version instead of the one before, in the unit of work `tx`. Nothing happens and it
 * gives false where the one before has come further: readers would see the past again.
 */
export async function swap(tx: Tx, definition: ProjectionDefinition): Promise<boolean> {
  const { name, version } = definition
  const live = (await tx.documents<LiveProjection>(LIVE).get(name))?.live
  if (live !== undefined && live >= version) return false
  if (live !== undefined) {
    const theirs = await reached(tx, checkpointOf(name, live))
    if ((await tx.checkpoint.get(checkpointOf(name, version))) < theirs) return false
  }
  putLive(tx, definition)
  return true
}

/** A version that was built from a log before its restore counts for nothing in this one. */
async function reached(tx: Tx, checkpoint: string): Promise<number> {
  try {
    return await tx.checkpoint.get(checkpoint)
  } catch (error) {
    if (error instanceof EpochChanged) return 0
    throw error
  }
}

function putLive(tx: Tx, definition: ProjectionDefinition): void {
  tx.documents<LiveProjection>(LIVE).put(definition.name, {
    live: definition.version,
    collections: collectionsOf(definition),
  })
}

/** The event at which a version stopped, as its process recorded it; gone once it went on. */
export async function recordedFault(
  store: EventStore,
  name: string,
  version: number,
): Promise<ProjectionFault | undefined> {
  return store.documents<ProjectionFault>(FAULTS).get(versionedName(name, version))
}

/** Tells all processes where a version stands still, or (`undefined`) that it goes on. @throws FencedOut */
export async function recordFault(
  store: EventStore,
  definition: ProjectionDefinition,
  fault: ProjectionFault | undefined,
  { name, token }: Pick<Lease, 'name' | 'token'>,
): Promise<void> {
  const id = versionedName(definition.name, definition.version)
  await store.transaction((tx) => {
    tx.fence(name, token)
    const faults = tx.documents<ProjectionFault>(FAULTS)
    if (fault) faults.put(id, fault)
    else faults.delete(id)
  })
}
