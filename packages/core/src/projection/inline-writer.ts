import type { PendingEvent } from '../event/index.ts'
import type { EventStore, Tx } from '../store/index.ts'
import type { ProjectionDefinition } from './definition.ts'
import { projectInline } from './inline.ts'
import { establish, liveVersion } from './live.ts'
import { announceWriter } from './writers.ts'

/** Keeps inline projections in the transactions of a process's appends. */
export interface InlineWriter {
  /** For `StoreOptions.onAppend`; `undefined` where there is no inline projection, so that appends cost nothing more. */
  readonly onAppend: ((tx: Tx, events: readonly PendingEvent[]) => Promise<void>) | undefined
  /** Announces this process as a writer and follows which versions are live. Until then nothing is written inline. */
  open(store: EventStore, instance: string): Promise<void>
  close(): Promise<void>
}

/**
 * A version that is not live is left to its component, so that a handler under construction cannot fail an
 * append. What it takes for live may be a moment old: that decides only who takes an event in, and the
 * stream's mark sees to it that exactly one does.
 */
export function inlineWriter(definitions: readonly ProjectionDefinition[]): InlineWriter {
  const inline = definitions.filter((definition) => definition.inline)
  const endings: (() => Promise<void> | void)[] = []
  let active: readonly ProjectionDefinition[] = []

  async function look(store: EventStore): Promise<void> {
    const live = await Promise.all(inline.map(({ name }) => liveVersion(store, name)))
    active = inline.filter(({ version }, index) => (live[index] ?? version) === version)
  }

  /** One look at a time; a commit during one is followed by another. */
  function follow(store: EventStore): () => void {
    let looking = false
    let again = false
    return store.onCommit(async () => {
      again = true
      if (looking) return
      looking = true
      while (again) {
        again = false
        // An error here is the store's, which its callers hear of; the next commit looks again.
        await look(store).catch(() => undefined)
      }
      looking = false
    })
  }

  async function onAppend(tx: Tx, events: readonly PendingEvent[]): Promise<void> {
    for (const [stream, appended] of Map.groupBy(events, (event) => event.stream)) {
      for (const definition of active) await projectInline(definition, tx, stream, appended)
    }
  }

  return {
    onAppend: inline.length > 0 ? onAppend : undefined,
    async open(store, instance) {
      for (const definition of inline) {
        await establish(store, definition)
        endings.push(await announceWriter(store, definition, instance))
      }
      await look(store)
      if (inline.length > 0) endings.push(follow(store))
    },
    async close() {
      for (const end of endings.splice(0).reverse()) await end()
    },
  }
}
