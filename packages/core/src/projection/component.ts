import {
  type Component,
  type ComponentHealth,
  DRAIN,
  type Look,
  longestPause,
  lookAt,
  type Runtime,
  within,
} from '../delivery/index.ts'
import type { RecordedEvent } from '../event/index.ts'
import {
  CheckpointMoved,
  type CommitNews,
  EpochChanged,
  FencedOut,
  isHeldBack,
  type Lease,
  LogBehind,
  StoreClosed,
} from '../store/index.ts'
import { applySlice } from './apply.ts'
import { checkpointOf, type ProjectionDefinition, versionedName } from './definition.ts'
import type { ProjectionFault } from './errors.ts'
import { leaseHolder } from './lease-holder.ts'
import { establish, LIVE, liveVersion, recordedFault, recordFault, swap } from './live.ts'
import { slicesOf } from './slices.ts'
import { wake } from './wake.ts'
import { olderWriterLeft, WRITERS } from './writers.ts'

export interface ProjectionSettings {
  /** Milliseconds after which another process may take over from a dead one; default 10 000. */
  readonly leaseTime?: number
  /** Most events a unit of work; default 500. */
  readonly batch?: number
  /** Milliseconds that `stop` waits for a handler that hangs; default 5000. What it still does is fenced out. */
  readonly drain?: number
}

/** Milliseconds until an error of the store is tried again: doubled each time up to this. */
const LONGEST_BACKOFF = 5000

/** What became of one look at the log. */
type Pass = 'more' | 'done' | 'newer' | 'faulted' | 'superseded'

/** Events behind the checkpoint `from`, with which everything up to `to` is taken in. */
interface Part {
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

/**
 * Keeps one version of a projection at the head of the log. Of all processes that run it, one at a time does
 * (a fenced lease); a batch's documents and checkpoint are one unit of work.
 */
export function projectionComponent(
  runtime: Omit<Runtime, 'broker'>,
  definition: ProjectionDefinition,
  settings: ProjectionSettings = {},
): Component {
  const { store, logger, instance, telemetry } = runtime
  const { name, version } = definition
  const title = `projection:${versionedName(name, version)}`
  const checkpoint = checkpointOf(name, version)
  const leaseTime = settings.leaseTime ?? 10_000
  const batch = settings.batch ?? 500
  const bell = wake()
  const halt = wake()
  const leases = leaseHolder(store.leases, title, instance, leaseTime)
  const slices = slicesOf(store, definition.types, batch)

  let state: ComponentHealth['state'] = 'stopped'
  let error: string | undefined
  let fault: ProjectionFault | undefined
  /** Caught up, and kept from going live by a process that still writes the version before. */
  let heldBack = false
  let behindNewer = false
  /** Readers see this version. */
  let isLive = false
  const counts = { handled: 0, retries: 0 }
  /** The head of the log when nothing was left to do: while it stands there, nothing is. */
  let doneAt: number | undefined
  /** The token under which something was written: no earlier holder writes any more. */
  let writtenUnder = 0
  let lookAgain = 0
  /** Told that the log grew since it was looked at. */
  let hasGrown = false
  /** How far it has come, and that no newer version is live: what was seen last, which counts for a while. */
  let reached: number | undefined
  let sureUntil = 0
  let stopping = false
  let running: Promise<void> = Promise.resolve()
  let endCommits = (): void => {}

  function heard(news?: CommitNews): void {
    const isOfLive = news === undefined || news.collections.has(LIVE)
    if (isOfLive) sureUntil = 0
    if (news?.events) hasGrown = true
    if (isOfLive || news.events || news.collections.has(WRITERS)) bell.ring()
  }

  async function isSuperseded(): Promise<boolean> {
    const live = await liveVersion(store, name)
    isLive = live === version
    return live !== undefined && live > version
  }

  async function pass(held: Lease): Promise<Pass> {
    const part = await nextPart()
    if (!part) return 'superseded'
    if (!(await takeIn(held, part))) return 'faulted'
    if (part.isNewer) return 'newer'
    if (part.isFull || (await hasMore(part))) return 'more'
    if (!(await goLive(held))) return 'done'
    doneAt = part.to
    lookAgain = performance.now() + leaseTime / 3
    return 'done'
  }

  /** Undefined where the version is superseded. What comes next is read while this part is written. */
  async function nextPart(): Promise<Part | undefined> {
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
  }

  /** Where it stands; undefined where the version is superseded. */
  async function lookUp(): Promise<number | undefined> {
    // First: what is told meanwhile may not be in what is read.
    sureUntil = performance.now() + leaseTime / 3
    const at = store.checkpoint(checkpoint)
    at.catch(() => {}) // Of a version that is superseded nobody asks.
    return (await isSuperseded()) ? undefined : at
  }

  /** False where it stopped at an event. */
  async function takeIn(held: Lease, { events, from, to }: Part): Promise<boolean> {
    const projecting = { store, definition, lease: held, telemetry, live: isLive }
    const applied = await applySlice(projecting, events, from, to)
    counts.handled += events.filter(({ position }) => position <= applied.to).length
    fault = applied.fault
    if (fault) return false
    reached = to
    if (to === from) return true
    // A holder before this one may have recorded its fault until now: from here on it is fenced out.
    if (writtenUnder !== held.token) await clearFault(held)
    writtenUnder = held.token
    return true
  }

  /** What comes behind what was read is told of. */
  async function hasMore({ from, to, isSure }: Part): Promise<boolean> {
    if (to > from || isSure) return false
    const head = await store.head()
    if (head < from && !(await isHeldBack(store, from)))
      throw new LogBehind(
        store.url,
        `ends at position ${head}, and ${title} has taken in position ${from} of it`,
      )
    return head > to
  }

  /** True when readers see this version. */
  async function goLive(held: Lease): Promise<boolean> {
    if (isLive) return true
    heldBack = definition.inline && (await olderWriterLeft(store, definition, instance))
    if (heldBack) return false
    const live = await store.transaction((tx) => {
      tx.fence(held.name, held.token)
      return swap(tx, definition)
    })
    if (live) logger.info({ projection: name, version }, 'projection is live')
    return live
  }

  async function isDone(): Promise<boolean> {
    const fresh = performance.now() < lookAgain && !hasGrown
    hasGrown = false
    if (fresh && (await store.head()) === doneAt && !(await isSuperseded())) return true
    doneAt = undefined
    return false
  }

  /** One turn of the loop: gives the milliseconds to wait, or nothing when there is more to do at once. */
  async function turn(): Promise<number | undefined> {
    const held = await leases.hold()
    if (!held) {
      state = 'waiting'
      error = undefined
      if (await isSuperseded()) return end('stopped', 'superseded by a newer version')
      return Math.min(1000, leaseTime / 3)
    }
    await begin(held)
    if (await isDone()) return leaseTime / 3
    const passed = await pass(held)
    behindNewer = passed === 'newer'
    if (passed === 'superseded') return end('stopped', 'superseded by a newer version')
    if (passed === 'faulted') return endFaulted(held)
    if (passed === 'newer') state = 'waiting'
    return passed === 'more' ? undefined : leaseTime / 3
  }

  /** A fault that another process or an earlier run recorded is over: it is tried again. */
  async function begin(held: Lease): Promise<void> {
    error = undefined
    if (state === 'running') return
    await clearFault(held)
    state = 'running'
  }

  async function clearFault(held: Lease): Promise<void> {
    if (await recordedFault(store, name, version)) await recordFault(store, definition, undefined, held)
  }

  async function end(as: 'stopped' | 'faulted', why: string): Promise<undefined> {
    stopping = true
    state = as
    error = why
    await leases.giveBack()
  }

  async function endFaulted(held: Lease): Promise<undefined> {
    const { error: why, ...where } = fault ?? { error: '' }
    await recordFault(store, definition, fault, held)
    logger.error(where, 'projection stopped at an event that its handler cannot take')
    await end('faulted', why)
  }

  async function loop(): Promise<void> {
    let failures = 0
    while (!stopping) {
      try {
        const wait = await turn()
        failures = 0
        if (wait !== undefined && !stopping) await bell.wait(wait)
      } catch (thrown) {
        failures += 1
        await recover(thrown, failures)
      }
    }
    await slices.drop()
  }

  async function recover(thrown: unknown, failures: number): Promise<void> {
    if (stopping) return
    reached = undefined
    error = thrown instanceof Error ? thrown.message : String(thrown)
    if (thrown instanceof StoreClosed) return void (await end('stopped', error).catch(() => undefined))
    if (thrown instanceof EpochChanged || thrown instanceof LogBehind) return end('faulted', error)
    if (thrown instanceof FencedOut || thrown instanceof CheckpointMoved) {
      leases.lost()
      fault = undefined
      state = 'waiting'
      return
    }
    counts.retries++
    logger.error({ projection: name, version, failures, err: error }, 'projection failed, trying again')
    // Of the store's real time: the app's clock may stand still.
    await halt.wait(
      Math.min(longestPause(thrown, LONGEST_BACKOFF), 50 * 2 ** failures) * (0.5 + runtime.random() / 2),
    )
  }

  async function isSettled(look: Look): Promise<boolean> {
    if ((await store.checkpoint(checkpoint)) < (await look.head())) return false
    if (state !== 'running' || heldBack) return true
    return ((await liveVersion(store, name)) ?? 0) >= version
  }

  return {
    name: title,
    async start() {
      stopping = false
      heldBack = false
      behindNewer = false
      doneAt = undefined
      fault = undefined
      reached = undefined
      state = 'waiting'
      await establish(store, definition)
      const held = await leases.hold()
      if (held) await begin(held)
      endCommits = store.onCommit(heard)
      running = loop()
    },
    async stop(milliseconds = settings.drain ?? DRAIN) {
      stopping = true
      endCommits()
      bell.ring()
      halt.ring()
      await within(milliseconds, running)
      await leases.giveBack()
      if (state !== 'faulted') state = 'stopped'
    },
    async idle(look = lookAt(store)) {
      if (state === 'stopped' || state === 'faulted' || behindNewer) return true
      // Of another epoch: it is about to stop, and has nothing to do.
      const settled = await isSettled(look).catch((thrown: unknown) => {
        if (thrown instanceof EpochChanged) return true
        throw thrown
      })
      return settled || (await recordedFault(store, name, version)) !== undefined
    },
    nextDue: async () => undefined,
    async health() {
      const at = await store.checkpoint(checkpoint).catch(() => 0)
      const live = await liveVersion(store, name)
      return {
        name: title,
        state,
        lag: Math.max(0, (await store.head()) - at),
        ...(error === undefined ? {} : { error }),
        work: { inFlight: 0, ...counts, parked: 0, leaseHeld: leases.isHeld() },
        detail: { version, live, checkpoint: at, ...(fault ? { fault } : {}) },
      }
    },
  }
}
