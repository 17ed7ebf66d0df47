import { NewerEventVersion } from '../catalog/index.ts'
import { isTechnical, type PendingEvent } from '../event/index.ts'
import type { StreamSlice } from '../store/index.ts'
import type { CommandTx } from './command-tx.ts'
import type { AggregateDefinition } from './definition.ts'
import { type KeptState, keepState, keptState } from './kept-states.ts'
import { findSnapshot, type Snapshot } from './snapshots.ts'

const PAGE = 500
/** Most streams hold no more, or no more that is new; small slices that are asked for in one go are one statement. */
const FIRST_PAGE = 100

/** An aggregate's state, after the event at `version`. */
export interface Loaded {
  readonly state: unknown
  readonly version: number
}

type Slice = StreamSlice<PendingEvent>

/** How the loading of an aggregate begins: by the state that was kept, or from the first event. */
export interface Begun {
  readonly kept: KeptState | undefined
  readonly slice: Slice
}

/**
 * The first slice of the stream, from the event on after which a state was kept: it can be asked for beside other
 * things. Undefined where a snapshot has to be looked for first.
 */
export async function beginLoading(
  tx: CommandTx,
  definition: AggregateDefinition,
  stream: string,
): Promise<Begun | undefined> {
  if (definition.snapshot !== undefined) return undefined
  const kept = keptState(tx, definition, stream)
  return { kept, slice: await tx.read(stream, { from: kept?.version ?? 1, limit: FIRST_PAGE }) }
}

/**
 * Folds the stream, page by page, from the state that was kept of it or its snapshot, where that fits the history.
 * @throws NewerEventVersion
 */
export async function loadAggregate(
  tx: CommandTx,
  definition: AggregateDefinition,
  stream: string,
  begun?: Begun,
): Promise<Loaded> {
  const { kept, slice } = begun ?? (await beginLoading(tx, definition, stream)) ?? {}
  if (slice !== undefined) {
    if (kept === undefined) return fold(tx, definition, stream, begin(definition), slice)
    const [first, ...events] = slice.events
    if (first?.id === kept.event) return fold(tx, definition, stream, kept, { ...slice, events })
  }
  const snapshot = await findSnapshot(tx, definition, stream)
  const resumed = snapshot === undefined ? undefined : await resume(tx, definition, stream, snapshot)
  return fold(tx, definition, stream, resumed ?? begin(definition))
}

function begin({ initial }: AggregateDefinition): Loaded {
  return { state: initial(), version: 0 }
}

/** The event that the snapshot was made after must be there still. */
async function resume(
  tx: CommandTx,
  definition: AggregateDefinition,
  stream: string,
  snapshot: Snapshot,
): Promise<Loaded | undefined> {
  const { version, event, state } = snapshot
  const { events } = await tx.read(stream, { from: version, to: version })
  if (events[0]?.id !== event) return undefined
  const load = definition.snapshot?.load
  return { state: load === undefined ? state : load(state), version }
}

async function fold(
  tx: CommandTx,
  definition: AggregateDefinition,
  stream: string,
  from: Loaded,
  first?: Slice,
): Promise<Loaded> {
  let { state, version } = from
  let slice = first
  for (;;) {
    slice ??= await tx.read(stream, { from: version + 1, limit: PAGE })
    const { events, version: end } = slice
    slice = undefined
    // What this unit appended itself has no position, and may never be committed.
    const committed = events.filter((event) => 'position' in event)
    state = foldEvents(definition, state, committed)
    const last = committed.at(-1)
    if (last) keepState(tx, definition, stream, { state, version: last.version, event: last.id })
    state = foldEvents(definition, state, events.slice(committed.length))
    version += events.length
    if (version >= end || events.length === 0) return { state, version: end }
  }
}

/** The state after these events. @throws NewerEventVersion */
export function foldEvents(
  definition: AggregateDefinition,
  state: unknown,
  events: readonly PendingEvent[],
): unknown {
  return events.reduce((current, event) => {
    if (isTechnical(event.type)) return current
    checkKnown(definition, event)
    return definition.evolve(current, event)
  }, state)
}

/** To decide on a state that misses an event would be to decide wrongly. */
function checkKnown({ catalog }: AggregateDefinition, event: PendingEvent): void {
  const { type, schemaVersion, stream, version } = event
  const unknown = catalog.types.size > 0 && !catalog.types.has(type)
  if (!unknown && !catalog.isNewer(event)) return
  const known = unknown ? 0 : catalog.version(type)
  throw new NewerEventVersion(type, schemaVersion, known, `The stream ${stream} at version ${version}`)
}
