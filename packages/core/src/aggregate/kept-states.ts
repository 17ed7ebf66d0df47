import type { CommandTx } from './command-tx.ts'
import type { AggregateDefinition } from './definition.ts'

/** The state after a committed event of a stream. */
export interface KeptState {
  readonly state: unknown
  /** Of the event. */
  readonly version: number
  /** Its id: in another history another one stands there. */
  readonly event: string
}

type Streams = Map<string, KeptState>

/** Streams that are kept of one definition in one store. */
const MOST = 1000
/** Shorter streams are folded sooner than a state is copied. */
const SHORT = 16

const stores = new WeakMap<object, Map<AggregateDefinition, Streams>>()

/** The state that was kept, which counts if its event still stands where it stood. */
export function keptState(
  tx: CommandTx,
  definition: AggregateDefinition,
  stream: string,
): KeptState | undefined {
  const kept = stores.get(tx.log)?.get(definition)?.get(keyOf(tx, stream))
  if (kept === undefined) return undefined
  return definition.states === 'immutable' ? kept : copyOf(kept)
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
  const kept = definition.states === 'immutable' ? state : copyOf(state)
  if (kept === undefined) return
  const streams = streamsOf(tx, definition)
  const key = keyOf(tx, stream)
  streams.delete(key)
  streams.set(key, kept)
  const [oldest] = streams.keys()
  if (streams.size > MOST && oldest !== undefined) streams.delete(oldest)
}

function streamsOf({ log }: CommandTx, definition: AggregateDefinition): Streams {
  const definitions = stores.get(log) ?? new Map<AggregateDefinition, Streams>()
  stores.set(log, definitions)
  const streams = definitions.get(definition) ?? new Map<string, KeptState>()
  definitions.set(definition, streams)
  return streams
}

function keyOf({ tenant }: CommandTx, stream: string): string {
  return `${tenant}\0${stream}`
}

/** A state that is no plain data is not kept. */
function copyOf(kept: KeptState): KeptState | undefined {
  try {
    return { ...kept, state: structuredClone(kept.state) }
  } catch {
    return undefined
  }
}
