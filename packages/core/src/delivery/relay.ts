import { CheckpointMoved, EpochChanged, FencedOut, LogBehind, StoreClosed } from '../store/index.ts'
import { longestPause } from './backoff.ts'
import { bell } from './bell.ts'
import { type Component, DRAIN, type Runtime } from './component.ts'
import { refuseLogBehind } from './log-behind.ts'
import { markedRoute } from './log-mark.ts'
import { type Look, lookAt } from './look.ts'
import { PARKED } from './parking.ts'
import { checkpointOrEnd } from './relay-checkpoint.ts'
import { relayHealth } from './relay-health.ts'
import { RelayLanes } from './relay-lanes.ts'
import { relayLease } from './relay-lease.ts'
import { type RelayOptions, relaySettings } from './relay-options.ts'
import { RELAY, relayParking } from './relay-parking.ts'
import { relayProgress } from './relay-progress.ts'
import { relayReader } from './relay-reader.ts'
import { LeaseLost, relaySender } from './relay-sender.ts'
import { relayWork } from './relay-work.ts'
import { within } from './within.ts'

const POLL = 1000
const FIRST_STALL = 50
const LONGEST_STALL = 5000

/**
 * Publishes the log: one a store, whoever holds the lease. At least once and in the order of each key: the
 * checkpoint, fenced and compared, follows what is published or parked (outbox and relay; Richardson,
 * "Transactional outbox").
 */
export function relay(runtime: Runtime, options: RelayOptions): Component {
  const { store, clock, logger } = runtime
  const settings = relaySettings(options)
  const { leaseTime } = settings
  const prepare = async (): Promise<void> => options.prepare?.()
  const counts = { handled: 0, retries: 0, parked: 0 }
  const lanes = new RelayLanes(clock, settings, runtime.random)
  const lease = relayLease({
    leases: store.leases,
    instance: runtime.instance,
    leaseTime,
    lost: () => lanes.clear(),
    troubled,
  })
  const route = markedRoute(options.route, store.epoch)
  const parking = relayParking(store, route, () => lease.token())
  const progress = relayProgress(store, {
    token: () => lease.token(),
    moved: wentOn,
    failed: () => lease.lose(),
  })
  const reader = relayReader(store, { route, prepare, look: () => parking.look(), limit: settings.batch })
  const sender = relaySender(runtime, settings, {
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
  })
  const parts = { lanes, lease, parking, progress, reader, sender, prepare, troubled }
  const work = relayWork(runtime, settings, parts)
  const wake = bell()
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

  /** What was in the way is over, unless a key still waits for it. */
  function wentOn(): void {
    stalls = 0
    if (lanes.size === 0) trouble = undefined
  }

  async function loop(): Promise<void> {
    while (running && !fault) {
      try {
        const more = (lease.isHeld() || (await take())) && (await turn())
        if (!more) await wake.wait(lease.isHeld() ? POLL : Math.min(POLL, leaseTime / 3))
      } catch (error) {
        await stopped(error)
      }
    }
    await work.over()
    cancelRetry()
  }

  async function take(): Promise<boolean> {
    const taken = await work.take()
    // Another process does the work: what troubled this one is over.
    if (!taken) wentOn()
    return taken
  }

  /** True when there may be more. */
  async function turn(): Promise<boolean> {
    const more = await work.turn()
    cancelRetry()
    const due = lanes.nextDue()
    if (due !== undefined) cancelRetry = clock.at(due, () => wake.ring())
    if (!more) wentOn()
    return more
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

  async function idle(look: Look = lookAt(store)): Promise<boolean> {
    if (!running || fault) return true
    return (await isAtHead(look)) && (await look.redrives(RELAY)) === 0
  }

  async function isAtHead(look: Look): Promise<boolean> {
    const head = await look.head()
    if ((await checkpointOrEnd(store, head)) >= head) return true
    return lease.isHeld() && work.isThrough(head) && lanes.size > 0 && lanes.due().length === 0
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
      unlisten = store.onCommit((news) => {
        if (news === undefined || news.events || news.collections.has(PARKED)) wake.ring()
      })
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
    health: () => relayHealth(store, { lanes, lease, parking, counts, running, fault, trouble }),
  }
}
