import {
  type EventStore,
  EventwrightError,
  type LiveProjection,
  livePosition,
  liveProjection,
  type ProjectionDefinition,
  type Rebuild,
  type RecordedEvent,
  rebuildProjection,
} from '@eventwright/core'
import { BrokenCode, NotThere } from '../errors.ts'
import { type Comparison, compare } from './compare.ts'

export interface ReplayOptions {
  /** Up to this position, instead of what the live one has in it. */
  readonly to?: number
  /** Only this tenant; default all. */
  readonly tenant?: string
  /** Most differences that are told; all are counted. */
  readonly limit: number
  /** Told from time to time: the position that was reached, of the one that is wanted. */
  readonly onProgress?: (position: number, wanted: number) => void
}

/** A projection that was built anew, and how the live one differs from it. */
export interface Replayed {
  readonly projection: string
  /** The version that the code has, and the one that is live. */
  readonly version: number
  readonly live: number
  /** Up to where the log was folded, and up to where the live one has taken it in. */
  readonly position: number
  readonly livePosition: number
  readonly comparison: Comparison
  readonly rebuild: Rebuild
}

const PAGE = 1000

/**
 * Folds the log from its beginning with the code's handlers, in memory, and compares with the live documents: those
 * and the events that are in them are read in one go, while whoever writes goes on. @throws NotThere BrokenCode
 */
export async function replay(
  store: EventStore,
  definition: ProjectionDefinition,
  { to, tenant, limit, onProgress = () => {} }: ReplayOptions,
): Promise<Replayed> {
  const begun = await livePosition(store, definition.name)
  if (begun === undefined) throw notBuilt(definition.name)
  if (to !== undefined && to > (await store.head()))
    throw new NotThere(`The log ends at position ${await store.head()}: there is no ${to} yet.`)
  if (tenant !== undefined) await checkTenant(store, tenant)
  const folding = { store, rebuild: rebuildProjection(definition), definition, tenant, onProgress }
  // The long way first, and only then what the live one has: it goes on meanwhile.
  const first = Math.min(begun, to ?? begun)
  await fold(folding, { after: 0, to: first }, () => true)
  const live = await liveProjection(store, definition)
  if (live === undefined) throw notBuilt(definition.name)
  if (to === undefined) await fold(folding, { after: first, to: live.end }, (event) => live.hasTaken(event))
  else await fold(folding, { after: first, to }, () => true)
  return replayed(definition, live, folding.rebuild, { to, tenant, limit })
}

function replayed(
  { name, version }: ProjectionDefinition,
  live: LiveProjection,
  rebuild: Rebuild,
  { to, tenant, limit }: Omit<ReplayOptions, 'onProgress'>,
): Replayed {
  const documents =
    tenant === undefined ? live.documents : live.documents.filter((document) => document.tenant === tenant)
  return {
    projection: name,
    version,
    live: live.version,
    position: to ?? live.end,
    livePosition: live.end,
    comparison: compare(documents, rebuild, limit),
    rebuild,
  }
}

interface Folding {
  readonly store: EventStore
  readonly rebuild: Rebuild
  readonly definition: ProjectionDefinition
  readonly tenant: string | undefined
  readonly onProgress: (position: number, wanted: number) => void
}

async function fold(
  { store, rebuild, definition, tenant, onProgress }: Folding,
  range: { readonly after: number; readonly to: number },
  counts: (event: RecordedEvent) => boolean,
): Promise<void> {
  const { types } = definition
  for (let after = range.after; after < range.to; ) {
    const query = { after, types, limit: PAGE, ...(tenant === undefined ? {} : { tenant }) }
    const { events, examined } = await store.readAll(query)
    for (const event of events) {
      if (event.position <= range.to && counts(event)) await take(rebuild, definition, event)
    }
    if (examined === after) return
    after = examined
    onProgress(Math.min(after, range.to), range.to)
  }
}

async function take(rebuild: Rebuild, { name }: ProjectionDefinition, event: RecordedEvent): Promise<void> {
  try {
    await rebuild.take(event)
  } catch (error) {
    if (!(error instanceof EventwrightError)) throw error
    throw new BrokenCode(
      `${error.message} It stopped the rebuild of ${name} at position ${event.position}.`,
      {
        cause: error,
      },
    )
  }
}

/** Of a tenant that is mistyped all would be equal: nothing there, nothing built. */
async function checkTenant(store: EventStore, tenant: string): Promise<void> {
  if ((await store.readAll({ tenant, limit: 1, raw: true })).events.length > 0) return
  throw new NotThere(`The log has no event of tenant '${tenant}'.`)
}

function notBuilt(name: string): NotThere {
  return new NotThere(
    `No version of projection ${name} is live in this store: run a service that has it until it has caught up.`,
  )
}
