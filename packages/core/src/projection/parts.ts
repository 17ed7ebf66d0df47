import type { RecordedEvent } from '../event/index.ts'
import { type EventStore, isHeldBack, LogBehind } from '../store/index.ts'
import { checkpointOf, type ProjectionDefinition, versionedName } from './definition.ts'
import { liveVersion } from './live.ts'
import { slicesOf } from './slices.ts'

/** Events behind the checkpoint `from`, with which everything up to `to` is taken in. */
export interface Part {
  readonly from: number
  readonly to: number
  readonly events: readonly RecordedEvent[]
  /** What follows has a newer version than this code knows. */
  readonly isNewer: boolean
  /** There may be more of the log. */
  readonly isFull: boolean
  /** The log was seen to reach that far a short while ago. */
  readonly isSure: boolean
}

/** The log as one version of a projection comes to it, part by part. */
export interface Parts {
  /** Undefined where the version is superseded. What comes next is read while this part is written. */
  next(): Promise<Part | undefined>
  /** Everything up to `to` was taken in. */
  took(to: number): void
  /** @throws LogBehind */
  hasMore(part: Part): Promise<boolean>
  /** Looks whether a newer version is live. */
  isSuperseded(): Promise<boolean>
  /** Whether readers see this version, as it was seen last. */
  isLive(): boolean
  /** Another version may be live by now. */
  doubt(): void
  /** What was seen last counts for nothing. */
  forget(): void
  /** Resolves when nothing is being read. */
  drop(): Promise<void>
}

/** `sure`: milliseconds for which what was seen last counts. */
export function partsOf(
  store: EventStore,
  definition: ProjectionDefinition,
  { batch, sure }: { readonly batch: number; readonly sure: number },
): Parts {
  const { name, version } = definition
  const slices = slicesOf(store, definition.types, batch)
  /** How far it has come, and that no newer version is live. */
  let reached: number | undefined
  let sureUntil = 0
  let isLive = false

  async function isSuperseded(): Promise<boolean> {
    const live = await liveVersion(store, name)
    isLive = live === version
    return live !== undefined && live > version
  }

  /** Where it stands; undefined where the version is superseded. */
  async function lookUp(): Promise<number | undefined> {
    // First: what is told meanwhile may not be in what is read.
    sureUntil = performance.now() + sure
    const at = store.checkpoint(checkpointOf(name, version))
    at.catch(() => {}) // Of a version that is superseded nobody asks.
    return (await isSuperseded()) ? undefined : at
  }

  return {
    async next() {
      const isSure = reached !== undefined && performance.now() < sureUntil
      const from = isSure ? reached : await lookUp()
      if (from === undefined) return undefined
      const { events, examined } = await slices.behind(from)
      const newer = events.find((event) => definition.catalog.isNewer(event))
      if (newer) {
        const { position } = newer
        const before = events.filter((event) => event.position < position)
        return { from, events: before, to: position - 1, isNewer: true, isFull: false, isSure }
      }
      const isFull = events.length >= batch
      if (isFull) slices.ahead(examined)
      return { from, events, to: examined, isNewer: false, isFull, isSure }
    },
    took(to) {
      reached = to
    },
    /** What comes behind what was read is told of. */
    async hasMore({ from, to, isSure }) {
      if (to > from || isSure) return false
      const head = await store.head()
      if (head < from && !(await isHeldBack(store, from))) {
        const title = `projection:${versionedName(name, version)}`
        const problem = `ends at position ${head}, and ${title} has taken in position ${from} of it`
        throw new LogBehind(store.url, problem)
      }
      return head > to
    },
    isSuperseded,
    isLive: () => isLive,
    doubt() {
      sureUntil = 0
    },
    forget() {
      reached = undefined
    },
    drop: slices.drop,
  }
}
