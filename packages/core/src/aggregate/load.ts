import { NewerEventVersion } from '../catalog/index.ts'
import { isTechnical, type PendingEvent } from '../event/index.ts'
import type { CommandTx } from './command-tx.ts'
import type { AggregateDefinition } from './definition.ts'
import { type KeptState, keepState, keptState } from './kept-states.ts'
import { findSnapshot, type Snapshot } from './snapshots.ts'

const PAGE = 500

/** An aggregate's state, after the event at `version`. */
export interface Loaded {
  readonly state: unknown
  readonly version: number
}

/**
 * Folds the stream, page by page, from the state that was kept of it or its snapshot, where that fits the history.
 * @throws NewerEventVersion
 */
export async function loadAggregate(
  tx: CommandTx,
  definition: AggregateDefinition,
  stream: string,
): Promise<Loaded> {
  const kept = keptState(tx, definition, stream)
  if (kept !== undefined && (await stands(tx, stream, kept))) return fold(tx, definition, stream, kept)
  const snapshot = await findSnapshot(tx, definition, stream)
  const resumed = snapshot === undefined ? undefined : await resume(tx, definition, stream, snapshot)
  return fold(tx, definition, stream, resumed ?? { state: definition.initial(), version: 0 })
}

/** The event that the snapshot was made after must be there still. */
async function resume(
  tx: CommandTx,
  definition: AggregateDefinition,
  stream: string,
  snapshot: Snapshot,
): Promise<Loaded | undefined> {
  const { version, event, state } = snapshot
  if (!(await stands(tx, stream, { version, event }))) return undefined
  const load = definition.snapshot?.load
  return { state: load === undefined ? state : load(state), version }
}

async function stands(
  tx: CommandTx,
  stream: string,
  { version, event }: Pick<KeptState, 'version' | 'event'>,
): Promise<boolean> {
  const slice = await tx.read(stream, { from: version, to: version })
  return slice.events[0]?.id === event
}

async function fold(
  tx: CommandTx,
  definition: AggregateDefinition,
  stream: string,
  from: Loaded,
): Promise<Loaded> {
  let { state, version } = from
  for (;;) {
    const { events, version: end } = await tx.read(stream, { from: version + 1, limit: PAGE })
    // What this unit appended itself has no position, and may never be committed.
    const committed = events.filter((event) => 'position' in event)
    state = foldEvents(definition, state, committed)
    const last = committed.at(-1)
    if (last) keepState(tx, definition, stream, { state, version: last.version, event: last.id })
    state = foldEvents(definition, state, events.slice(committed.length))
    version += events.length
    if (events.length < PAGE) return { state, version: end }
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
