import { CheckpointMoved, EpochChanged, FencedOut, LogBehind, StoreClosed } from '../store/index.ts'
import { longestPause, RETRY_DEFAULTS } from './backoff.ts'
import { bell } from './bell.ts'
import { type Component, type ComponentHealth, DRAIN, type Runtime } from './component.ts'
import { countDeadLetters } from './dead-letters.ts'
import { reasonOf } from './errors.ts'
import { refuseLogBehind } from './log-behind.ts'
import { markedRoute } from './log-mark.ts'
import { type Look, lookAt } from './look.ts'
import { checkpointInLog, checkpointOrEnd } from './relay-checkpoint.ts'
import type { Route } from './relay-item.ts'
import { RelayLanes } from './relay-lanes.ts'
import { relayLease } from './relay-lease.ts'
import { RELAY, relayParking } from './relay-parking.ts'
import { LeaseLost, relaySender } from './relay-sender.ts'
import { within } from './within.ts'

export interface RelayOptions {
  readonly route: Route
  /** Runs after events were read and before `route` is asked about them: for what it must know first. */
  readonly prepare?: () => Promise<void>
  /** Most messages of one send; default 500. */
  readonly batch?: number
  /** Most bytes of one send; default 800 000. */
  readonly maxBytes?: number
  /** Most messages that wait to be tried again before the relay reads no further; default 10 000, and at most 64 MB of them. */
  readonly maxWaiting?: number
  /** Milliseconds before a failed key is tried again, doubled each time; default 200, at most 60 000. */
  readonly backoff?: number
  readonly maxBackoff?: number
  /** Milliseconds on the real clock after which another process takes over from a dead one; default 10 000. */
  readonly leaseTime?: number
}

const POLL = 1000
/** Messages that wait are kept in memory: beyond so many bytes of them nothing more is read. */
const MOST_BYTES = 64_000_000
const FIRST_STALL = 50
const LONGEST_STALL = 5000

/**
 * Publishes the log: one a store, whoever holds the lease. At least once and in the order of each key: the
 * checkpoint, fenced and compared, follows what is published or parked (outbox and relay; Richardson,
 * "Transactional outbox").
 */
export function relay(runtime: Runtime, options: RelayOptions): Component {
  const { store, clock, logger } = runtime
  const leaseTime = options.leaseTime ?? 10_000
  const backoff = {
    backoff: options.backoff ?? RETRY_DEFAULTS.backoff,
    maxBackoff: options.maxBackoff ?? RETRY_DEFAULTS.maxBackoff,
  }
  const lanes = new RelayLanes(clock, backoff, runtime.random)
  const lease = relayLease({
    leases: store.leases,
    instance: runtime.instance,
    leaseTime,
    lost: () => lanes.clear(),
    troubled,
  })
  const route = markedRoute(options.route, store.epoch)
  const parking = relayParking(store, route, () => lease.token())
  const sender = relaySender(
    runtime,
    { ...options, route },
    {
      lanes,
      parking,
      holds: () => lease.isSure(),
      troubled,
      published: (messages) => {
        counts.handled += messages
      },
      failed: () => {
        counts.retries++
      },
      parked: () => {
        counts.parked++
      },
    },
  )
  const counts = { handled: 0, retries: 0, parked: 0 }
  const wake = bell()
  let checkpoint = 0
  let cursor = 0
  let running = false
  let ended: Promise<void> = Promise.resolve()
  let unlisten: () => void = () => {}
  let cancelRetry: () => void = () => {}
  let fault: Error | undefined
  let trouble: unknown
  let stalls = 0

  function troubled(error: unknown): void {
    trouble = error
  }

  async function take(): Promise<boolean> {
    await refuseLogBehind(store, runtime.broker)
    if (!(await lease.take())) {
      // Another process does the work: what troubled this one is over.
      trouble = undefined
      return false
    }
    checkpoint = await checkpointInLog(store)
    cursor = checkpoint
    lanes.clear()
    lease.keep()
    return true
  }

  async function loop(): Promise<void> {
    while (running && !fault) {
      try {
        const more = (lease.isHeld() || (await take())) && (await turn())
        stalls = 0
        if (!more) await wake.wait(lease.isHeld() ? POLL : Math.min(POLL, leaseTime / 3))
      } catch (error) {
        await stopped(error)
      }
    }
    cancelRetry()
  }

  async function stopped(error: unknown): Promise<void> {
    if (error instanceof StoreClosed) {
      running = false
      return
    }
    if (error instanceof EpochChanged || error instanceof LogBehind) {
      stopFor(error)
      return
    }
    const lost = error instanceof FencedOut || error instanceof CheckpointMoved || error instanceof LeaseLost
    // What was read and not published is read again from the checkpoint.
    lease.lose()
    if (!lost) trouble = error
    logger.warn({ err: error }, lost ? 'the relay lost its lease' : 'the relay is tried again after an error')
    await wake.wait(Math.min(longestPause(error, LONGEST_STALL), FIRST_STALL * 2 ** stalls++))
  }

  function stopFor(error: Error): void {
    fault = error
    logger.error({ err: error }, 'the relay stopped')
  }

  /** True when there may be more. */
  async function turn(): Promise<boolean> {
    await redrive()
    await sender.retry()
    const slice = isFull()
      ? { events: [], examined: cursor }
      : await store.readAll({ after: cursor, limit: options.batch ?? 500, raw: true })
    if (slice.events.length > 0) await options.prepare?.()
    await sender.publish(slice.events)
    cursor = Math.max(cursor, slice.examined)
    await advance()
    cancelRetry()
    const due = lanes.nextDue()
    if (due === undefined) trouble = undefined
    else cancelRetry = clock.at(due, () => wake.ring())
    return slice.events.length > 0
  }

  function isFull(): boolean {
    return lanes.size >= (options.maxWaiting ?? 10_000) || lanes.bytes >= MOST_BYTES
  }

  async function redrive(): Promise<void> {
    try {
      if ((await parking.summary())?.redrives) await options.prepare?.()
      await parking.redrive((item) => sender.send(item.topic, [item]))
    } catch (error) {
      if (error instanceof FencedOut || error instanceof LeaseLost || error instanceof StoreClosed)
        throw error
      trouble = error
    }
  }

  async function advance(): Promise<void> {
    const lowest = lanes.lowest()
    const to = lowest === undefined ? cursor : Math.min(cursor, lowest - 1)
    if (to <= checkpoint || !lease.isHeld()) return
    const token = lease.token()
    await store.transaction(
      async (tx) => {
        tx.fence(RELAY, token)
        await tx.checkpoint.advance(RELAY, checkpoint, to)
      },
      { quiet: true },
    )
    checkpoint = to
  }

  async function idle(look: Look = lookAt(store)): Promise<boolean> {
    if (!running || fault) return true
    return (await isAtHead(look)) && (await look.redrives(RELAY)) === 0
  }

  async function isAtHead(look: Look): Promise<boolean> {
    const head = await look.head()
    if ((await checkpointOrEnd(store, head)) >= head) return true
    return lease.isHeld() && (cursor >= head || isFull()) && lanes.size > 0 && lanes.due().length === 0
  }

  function state(): ComponentHealth['state'] {
    if (fault) return 'faulted'
    if (!running) return 'stopped'
    return lease.isHeld() ? 'running' : 'waiting'
  }

  async function lag(): Promise<number> {
    if (fault) return 0
    return Math.max(0, (await store.head()) - (await store.checkpoint(RELAY)))
  }

  return {
    name: RELAY,
    async start() {
      if (running) return
      running = true
      fault = undefined
      // What else goes wrong here, the loop meets again.
      await refuseLogBehind(store, runtime.broker).catch((error: unknown) => {
        if (error instanceof LogBehind) stopFor(error)
      })
      unlisten = store.onCommit(() => wake.ring())
      ended = loop()
    },
    async stop(milliseconds = DRAIN) {
      running = false
      unlisten()
      wake.ring()
      // A send that hangs is given up: without the lease nothing follows it, and the next relay sends it again.
      await within(milliseconds, ended)
      await lease.giveBack()
    },
    idle,
    nextDue: async () => lanes.nextDue(),
    async health() {
      const error = fault ?? trouble
      const parked = await parking.summary()
      const letters = parked ? (await countDeadLetters(store, { consumer: RELAY })).letters : 0
      return {
        name: RELAY,
        state: state(),
        lag: await lag(),
        ...(error === undefined ? {} : { error: reasonOf(error).message }),
        work: { inFlight: lanes.size, ...counts, leaseHeld: lease.isHeld() },
        detail: {
          parkedKeys: parked?.keys ?? 0,
          deadLetters: letters,
          redrives: parked?.redrives ?? 0,
          waiting: lanes.size,
        },
      }
    },
  }
}
