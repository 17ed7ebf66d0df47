import { hashOf, InvalidPayload, type Json, jsonText, type PendingEvent } from '../event/index.ts'
import type { CommandTx } from './command-tx.ts'
import type { AggregateDefinition } from './definition.ts'

/** Where snapshots are kept; the id is the stream. */
export const SNAPSHOTS = 'eventwright.snapshots'

const LARGEST_SNAPSHOT = 900_000

/** A state after an event of a stream, and what tells that it may be used. */
export interface Snapshot {
  /** Of the stream. */
  readonly version: number
  /** Of the event at that version: another history, after a restore, has another one. */
  readonly event: string
  /** The declared version of evolve. */
  readonly evolve: number
  readonly state: Json
  /** Of `state`. */
  readonly hash: string
}

/** The stream's snapshot, if there is one that this evolve made and that is whole. */
export async function findSnapshot(
  tx: CommandTx,
  definition: AggregateDefinition,
  stream: string,
): Promise<Snapshot | undefined> {
  if (definition.snapshot === undefined) return undefined
  const found = await tx.documents(SNAPSHOTS).get(stream)
  if (!isSnapshot(found) || found.evolve !== definition.snapshot.version) return undefined
  return hashOf(found.state) === found.hash ? found : undefined
}

/** Keeps the state when an appended event crosses a multiple of `every`. */
export function keepSnapshot(
  tx: CommandTx,
  definition: AggregateDefinition,
  state: unknown,
  appended: readonly PendingEvent[],
): void {
  const { snapshot } = definition
  const first = appended[0]
  const last = appended.at(-1)
  if (snapshot === undefined || first === undefined || last === undefined) return
  if (Math.floor((first.version - 1) / snapshot.every) === Math.floor(last.version / snapshot.every)) return
  const saved = saveState(snapshot.save, state, definition.name)
  if (saved === undefined) return
  const kept: Snapshot = {
    version: last.version,
    event: last.id,
    evolve: snapshot.version,
    state: saved,
    hash: hashOf(saved),
  }
  tx.documents(SNAPSHOTS).put(last.stream, kept)
}

/** A state that JSON cannot say, or that is too large, is not kept: the events are enough. */
function saveState(
  save: ((state: unknown) => Json) | undefined,
  state: unknown,
  name: string,
): Json | undefined {
  try {
    const text = jsonText(save === undefined ? state : save(state), name)
    return Buffer.byteLength(text) > LARGEST_SNAPSHOT ? undefined : JSON.parse(text)
  } catch (error) {
    if (error instanceof InvalidPayload) return undefined
    throw error
  }
}

function isSnapshot(value: unknown): value is Snapshot {
  if (typeof value !== 'object' || value === null) return false
  if (!('version' in value && 'event' in value && 'evolve' in value && 'hash' in value)) return false
  return Number.isSafeInteger(value.version) && Number(value.version) > 0 && 'state' in value
}
