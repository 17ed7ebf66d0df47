import type { Tx } from '../store/index.ts'
import { NOT_STARTED, replay, type SagaState } from './state.ts'

const MOST = 1000

interface Known {
  readonly state: SagaState
  readonly version: number
}

/** States of sagas by stream, as units of work read them. */
export interface SagaStates {
  read(tx: Tx, stream: string): Promise<Known>
  /** What `read` will ask for. */
  ahead(tx: Tx, stream: string): { readonly stream: string; readonly from: number }
}

/**
 * Reads states, and remembers the last ones that were committed, so that a long saga is not replayed from
 * its first event at each message. Streams only grow, so what was committed stays true.
 */
export function sagaStates(): SagaStates {
  const known = new Map<string, Known>()

  function remember(key: string, state: Known): void {
    known.delete(key)
    known.set(key, state)
    const [oldest] = known.keys()
    if (known.size > MOST && oldest !== undefined) known.delete(oldest)
  }

  const keyOf = ({ tenant }: Tx, stream: string): string => JSON.stringify([tenant, stream])

  return {
    ahead: (tx, stream) => ({ stream, from: (known.get(keyOf(tx, stream))?.version ?? 0) + 1 }),
    async read(tx, stream) {
      const key = keyOf(tx, stream)
      const from = known.get(key) ?? { state: NOT_STARTED, version: 0 }
      const { events, version } = await tx.read(stream, { from: from.version + 1 })
      // What this unit appended itself has no position, and may never be committed.
      const committed = events.filter((event) => 'position' in event)
      const at = { state: replay(committed, from.state), version: from.version + committed.length }
      remember(key, at)
      return { state: replay(events.slice(committed.length), at.state), version }
    },
  }
}
