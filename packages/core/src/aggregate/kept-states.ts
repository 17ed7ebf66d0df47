import type { CommandTx } from './command-tx.ts'
import type { AggregateDefinition } from './definition.ts'
import { plainSize } from './plain.ts'

/** The state after a committed event of a stream. */
export interface KeptState {
  readonly state: unknown
  /** Of the event. */
  readonly version: number
  /** Its id: in another history another one stands there. */
  readonly event: string
}

interface Sized {
  readonly kept: KeptState
  readonly size: number
}

/** By stream, the one that was kept longest ago first. */
interface Streams {
  readonly states: Map<string, Sized>
  size: number
}

/** Streams that are kept of one definition in one store. */
const MOST = 1000
/** Values and characters in all of them: some 50 MB. */
const LARGEST = 4_000_000
/** Shorter streams are folded sooner than a state is copied. */
const SHORT = 16

const stores = new WeakMap<object, Map<AggregateDefinition, Streams>>()

/** The state that was kept, which counts if its event still stands where it stood. */
export function keptState(
  tx: CommandTx,
  definition: AggregateDefinition,
  stream: string,
): KeptState | undefined {
  const kept = stores.get(tx.log)?.get(definition)?.states.get(keyOf(tx, stream))?.kept
  if (kept === undefined || definition.states === 'immutable') return kept
  return { ...kept, state: structuredClone(kept.state) }
}

/** The version of that state. */
export function keptVersion(
  tx: CommandTx,
  definition: AggregateDefinition,
  stream: string,
): number | undefined {
  return stores.get(tx.log)?.get(definition)?.states.get(keyOf(tx, stream))?.kept.version
}

/**
 * Keeps a state for the next command, so that a long stream is not folded from its first event each time. Of
 * events that are committed only: a stream grows, so what was committed stays true.
 */
export function keepState(
  tx: CommandTx,
  definition: AggregateDefinition,
  stream: string,
  state: KeptState,
): void {
  if (state.version < SHORT || definition.states === 'changed') return
  // Those that have snapshots are loaded by them, so that what is wrong with one shows at once.
  if (definition.snapshot !== undefined) return
  const sized = definition.states === 'immutable' ? { kept: state, size: 0 } : copyOf(state)
  const streams = streamsOf(tx, definition)
  const key = keyOf(tx, stream)
  drop(streams, key)
  if (sized === undefined) return
  streams.states.set(key, sized)
  streams.size += sized.size
  for (const oldest of streams.states.keys()) {
    if (streams.states.size <= MOST && streams.size <= LARGEST) return
    drop(streams, oldest)
  }
}

function drop(streams: Streams, key: string): void {
  streams.size -= streams.states.get(key)?.size ?? 0
  streams.states.delete(key)
}

function streamsOf({ log }: CommandTx, definition: AggregateDefinition): Streams {
  const definitions = stores.get(log) ?? new Map<AggregateDefinition, Streams>()
  stores.set(log, definitions)
  const streams = definitions.get(definition) ?? { states: new Map<string, Sized>(), size: 0 }
  definitions.set(definition, streams)
  return streams
}

function keyOf({ tenant }: CommandTx, stream: string): string {
  return `${tenant}\0${stream}`
}

/** A state that is no plain data, or too large, is not kept. */
function copyOf(kept: KeptState): Sized | undefined {
  const size = plainSize(kept.state)
  if (size === undefined || size > LARGEST) return undefined
  return { kept: { ...kept, state: structuredClone(kept.state) }, size }
}
