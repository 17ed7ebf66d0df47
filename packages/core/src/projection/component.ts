import {
  type Component,
  DRAIN,
  type Look,
  longestPause,
  lookAt,
  type Runtime,
  within,
} from '../delivery/index.ts'
import {
  CheckpointMoved,
  type CommitNews,
  EpochChanged,
  FencedOut,
  LogBehind,
  StoreClosed,
} from '../store/index.ts'
import { stopped } from './condition.ts'
import { checkpointOf, type ProjectionDefinition, versionedName } from './definition.ts'
import { leaseHolder } from './lease-holder.ts'
import { establish, LIVE, liveVersion, recordedFault } from './live.ts'
import { partsOf } from './parts.ts'
import { BATCH, LEASE_TIME, type ProjectionSettings } from './settings.ts'
import { turnsOf } from './turns.ts'
import { wake } from './wake.ts'
import { WRITERS } from './writers.ts'

/** Milliseconds until an error of the store is tried again: doubled each time up to this. */
const LONGEST_BACKOFF = 5000

/**
 * Keeps one version of a projection at the head of the log. Of all processes that run it, one at a time does
 * (a fenced lease); a batch's documents and checkpoint are one unit of work.
 */
export function projectionComponent(
  runtime: Omit<Runtime, 'broker'>,
  definition: ProjectionDefinition,
  { leaseTime = LEASE_TIME, batch = BATCH, drain = DRAIN }: ProjectionSettings = {},
): Component {
  const { store, logger, instance } = runtime
  const { name, version } = definition
  const title = `projection:${versionedName(name, version)}`
  const checkpoint = checkpointOf(name, version)
  const bell = wake()
  const halt = wake()
  const leases = leaseHolder(store.leases, title, instance, leaseTime)
  const parts = partsOf(store, definition, { batch, sure: leaseTime / 3 })
  const condition = stopped()

  let turns = turnsOf({ runtime, definition, parts, leases, leaseTime, condition })
  let stopping = false
  let running: Promise<void> = Promise.resolve()
  let endCommits = (): void => {}

  function heard(news?: CommitNews): void {
    const isOfLive = news === undefined || news.collections.has(LIVE)
    if (isOfLive) parts.doubt()
    if (news?.events) turns.grew()
    if (isOfLive || news.events || news.collections.has(WRITERS)) bell.ring()
  }

  async function loop(): Promise<void> {
    let failures = 0
    while (!stopping) {
      try {
        const wait = await turns.take()
        failures = 0
        if (wait === undefined) stopping = true
        else if (wait > 0 && !stopping) await bell.wait(wait)
      } catch (thrown) {
        failures += 1
        await recover(thrown, failures)
      }
    }
    await parts.drop()
  }

  async function recover(thrown: unknown, failures: number): Promise<void> {
    if (stopping) return
    parts.forget()
    const error = thrown instanceof Error ? thrown.message : String(thrown)
    condition.error = error
    if (thrown instanceof StoreClosed) {
      stopping = true
      return turns.end('stopped', error)
    }
    if (thrown instanceof EpochChanged || thrown instanceof LogBehind) {
      stopping = true
      return turns.end('faulted', error)
    }
    if (thrown instanceof FencedOut || thrown instanceof CheckpointMoved) {
      leases.lost()
      condition.fault = undefined
      condition.state = 'waiting'
      return
    }
    condition.retries++
    logger.error({ projection: name, version, failures, err: error }, 'projection failed, trying again')
    // Of the store's real time: the app's clock may stand still.
    await halt.wait(
      Math.min(longestPause(thrown, LONGEST_BACKOFF), 50 * 2 ** failures) * (0.5 + runtime.random() / 2),
    )
  }

  async function isSettled(look: Look): Promise<boolean> {
    if ((await store.checkpoint(checkpoint)) < (await look.head())) return false
    if (condition.state !== 'running' || condition.heldBack) return true
    return ((await liveVersion(store, name)) ?? 0) >= version
  }

  return {
    name: title,
    async start() {
      stopping = false
      parts.forget()
      turns = turnsOf({ runtime, definition, parts, leases, leaseTime, condition })
      const { handled, retries } = condition
      Object.assign(condition, stopped(), { state: 'waiting', error: condition.error, handled, retries })
      await establish(store, definition)
      const held = await leases.hold()
      if (held) await turns.begin(held)
      endCommits = store.onCommit(heard)
      running = loop()
    },
    async stop(milliseconds = drain) {
      stopping = true
      endCommits()
      bell.ring()
      halt.ring()
      await within(milliseconds, running)
      await leases.giveBack()
      if (condition.state !== 'faulted') condition.state = 'stopped'
    },
    async idle(look = lookAt(store)) {
      const { state, behindNewer } = condition
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
      const { state, error, fault, handled, retries } = condition
      return {
        name: title,
        state,
        lag: Math.max(0, (await store.head()) - at),
        ...(error === undefined ? {} : { error }),
        work: { inFlight: 0, handled, retries, parked: 0, leaseHeld: leases.isHeld() },
        detail: { version, live, checkpoint: at, ...(fault ? { fault } : {}) },
      }
    },
  }
}
