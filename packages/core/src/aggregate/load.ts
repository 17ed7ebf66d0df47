import { NewerEventVersion } from '../catalog/index.ts'
import { isTechnical, type PendingEvent } from '../event/index.ts'
import type { CommandTx } from './command-tx.ts'
import type { AggregateDefinition } from './definition.ts'
import { findSnapshot, type Snapshot } from './snapshots.ts'

const PAGE = 500

/** An aggregate's state, after the event at `version`. */
export interface Loaded {
  readonly state: unknown
  readonly version: number
}

/**
 * Folds the stream, page by page, from its snapshot where that fits the history.
 * @throws NewerEventVersion
 */
export async function loadAggregate(
  tx: CommandTx,
  definition: AggregateDefinition,
  stream: string,
): Promise<Loaded> {
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
  const slice = await tx.read(stream, { from: version, to: version })
  if (slice.events[0]?.id !== event) return undefined
  const load = definition.snapshot?.load
  return { state: load === undefined ? state : load(state), version }
}

async function fold(
  tx: CommandTx,
  definition: AggregateDefinition,
  stream: string,
  from: Loaded,
): Promise<Loaded> {
  let { state, version } = from
  for (;;) {
    const slice = await tx.read(stream, { from: version + 1, limit: PAGE })
    state = foldEvents(definition, state, slice.events)
    version += slice.events.length
    if (slice.events.length < PAGE) return { state, version: slice.version }
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
