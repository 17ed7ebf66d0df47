import { DRAIN, longestPause, NewerVersion, quietOf, type Runtime, within } from '../delivery/index.ts'
import { inSpan, type SpanOptions, traceIn } from '../event/index.ts'
import { FencedOut, type Lease, StoreClosed, type StoredTimer, type Tx } from '../store/index.ts'
import { heldTimers } from './held-timers.ts'

const POLL = 1000
const BATCH = 100
/** Most milliseconds between two looks of which each fails. */
const LONGEST_STALL = 5_000
/** Real milliseconds that a process leaves the timers to others after it met a newer saga. */
const STEP_BACK = 2000

/** What a look at the timers came to. */
interface Round {
  /** There may be more to do at once. */
  readonly more: boolean
  /** Else: when the next one is due. */
  readonly next: number | undefined
}

/** What is done when a timer is due. */
export interface TimerHandler {
  /** Runs in the unit of work that takes the timer; it may run again. */
  handle(tx: Tx, timer: StoredTimer): Promise<void>
  /** Timers of one lane are fired in the order of their times. */
  readonly laneOf: (timer: StoredTimer) => string
}

/** What this process has done of an owner's timers. */
export interface TimerWork {
  readonly fired: number
  readonly retries: number
  readonly leaseHeld: boolean
}

export interface TimerLoop {
  start(): void
  /** Waits so many milliseconds (default 5000) for what runs. */
  stop(within?: number): Promise<void>
  idle(): Promise<boolean>
  nextDue(): Promise<number | undefined>
  /** Of timers that cannot be fired, or read. */
  error(): string | undefined
  work(): TimerWork
}

/**
 * Fires an owner's timers when they are due, each in a unit of work of its own that takes the timer and
 * whatever follows from it. Of all processes one does, at a time: a fenced lease.
 */
export function timerLoop(
  { store, clock, logger, instance, telemetry }: Omit<Runtime, 'broker'>,
  owner: string,
  leaseTime: number,
  fire: TimerHandler,
): TimerLoop {
  const leaseName = `timers:${owner}`
  const held = heldTimers()
  const counts = { fired: 0, retries: 0 }
  const quiet = quietOf(store)
  let lease: Lease | undefined
  let renewAt = 0
  let awayUntil = 0
  let stopping = false
  let running: Promise<void> | undefined
  let ring = (): void => {}
  let rung = false
  let trouble: unknown
  let stalls = 0
  let unlisten = (): void => {}

  function wake(): void {
    rung = true
    ring()
  }

  async function pause(milliseconds: number, due: number | undefined): Promise<void> {
    if (rung || stopping) return
    const { promise, resolve } = Promise.withResolvers<void>()
    ring = resolve
    const timeout = setTimeout(resolve, milliseconds).unref()
    const cancel = due === undefined ? () => {} : clock.at(due, resolve)
    await promise
    clearTimeout(timeout)
    cancel()
  }

  async function holdLease(): Promise<Lease | undefined> {
    const now = performance.now()
    if (lease !== undefined && now < renewAt) return lease
    if (now < awayUntil) return undefined
    if (lease === undefined) held.forgetLeft()
    lease = await store.leases.acquire(leaseName, instance, leaseTime)
    renewAt = now + leaseTime / 3
    return lease
  }

  // Of a newer saga: others get their turn.
  async function stepBack(timer: StoredTimer): Promise<void> {
    held.leave(timer)
    const own = lease
    lease = undefined
    awayUntil = performance.now() + STEP_BACK
    if (own !== undefined) await store.leases.release(own)
  }

  async function dueNow(): Promise<readonly StoredTimer[]> {
    const now = clock.now()
    const limit = BATCH + held.size
    const timers = await store.timers({ owner, until: now, limit })
    if (timers.length < limit) held.forgetOthers(timers)
    return timers.filter((timer) => held.until(timer) <= now)
  }

  /** False where it was fired elsewhere or cancelled. */
  async function fireIn(tx: Tx, { tenant, id }: StoredTimer, own: Lease): Promise<boolean> {
    tx.fence(own.name, own.token)
    const current = await tx.timers.get(owner, id)
    if (current === undefined || current.due > tx.now) return false
    tx.timers.cancel(owner, id)
    await fire.handle(tx, { ...current, tenant })
    return true
  }

  async function take(timer: StoredTimer, own: Lease): Promise<void> {
    const { tenant } = timer
    try {
      const fired = await quiet.beside(() =>
        inSpan(
          telemetry,
          () => spanOf(timer),
          () => store.transaction((tx) => fireIn(tx, timer, own), { tenant }),
        ),
      )
      if (fired) counts.fired++
      held.fired(timer)
    } catch (error) {
      if (error instanceof FencedOut || error instanceof StoreClosed) throw error
      if (error instanceof NewerVersion) await stepBack(timer)
      else hold(timer, error)
    }
  }

  async function takeInOrder(timers: readonly StoredTimer[], own: Lease): Promise<void> {
    for (const timer of timers) {
      if (stopping || lease === undefined) return
      await take(timer, own)
    }
  }

  function hold(timer: StoredTimer, error: unknown): void {
    counts.retries++
    held.failed(timer, error, clock.now())
    logger.error({ owner, timer: timer.id, err: error }, 'a timer could not be fired, it is tried again')
  }

  async function round(): Promise<Round> {
    const own = await holdLease()
    if (own === undefined) return { more: false, next: undefined }
    // Most looks find nothing that is due. What is held may be gone, which only a look at all that are due tells.
    const next = await nextDue()
    if (held.size === 0 && (next === undefined || next > clock.now())) return { more: false, next }
    const due = await dueNow()
    // What belongs together in order, the rest at once: units of work share commits.
    const lanes = Map.groupBy(due, fire.laneOf)
    const ends = await Promise.allSettled([...lanes.values()].map((timers) => takeInOrder(timers, own)))
    const failed = ends.find(({ status }) => status === 'rejected')
    if (failed?.status === 'rejected') throw failed.reason
    if (due.length > 0 && lease !== undefined) return { more: true, next }
    return { more: false, next: await nextDue() }
  }

  async function run(): Promise<void> {
    while (!stopping) {
      rung = false
      try {
        const { more, next } = await round()
        trouble = undefined
        stalls = 0
        if (!more) await pause(POLL, next)
      } catch (error) {
        if (error instanceof StoreClosed) return
        await failed(error)
      }
    }
  }

  async function failed(error: unknown): Promise<void> {
    lease = undefined
    rung = false
    if (error instanceof FencedOut) return pause(POLL, undefined)
    trouble = error
    logger.error({ owner, err: error }, 'the timers could not be read')
    await pause(Math.min(longestPause(error, LONGEST_STALL), POLL * 2 ** stalls++), undefined)
  }

  function error(): string | undefined {
    if (trouble !== undefined) return trouble instanceof Error ? trouble.message : String(trouble)
    return held.error()
  }

  async function nextDue(): Promise<number | undefined> {
    const timers = await store.timers({ owner, limit: held.size + 1 })
    const dues = timers.map((timer) => Math.max(timer.due, held.until(timer)))
    const next = Math.min(...dues)
    return Number.isFinite(next) ? next : undefined
  }

  return {
    start() {
      if (running !== undefined) return
      stopping = false
      unlisten = store.onCommit((news) => {
        if (news === undefined || news.timers) wake()
      })
      running = run()
    },
    async stop(milliseconds = DRAIN) {
      stopping = true
      unlisten()
      wake()
      if (running !== undefined) await within(milliseconds, running)
      running = undefined
      if (lease !== undefined) await store.leases.release(lease)
      lease = undefined
    },
    idle: async () => (await dueNow()).length === 0,
    nextDue,
    error,
    work: () => ({ ...counts, leaseHeld: lease !== undefined }),
  }
}

/** What fires continues the trace in which the timer was set. */
function spanOf({ owner, id, data }: StoredTimer): SpanOptions {
  const attributes = { 'eventwright.timer': id }
  return { name: `timer ${owner}`, kind: 'internal', parent: traceIn(data) ?? 'none', attributes }
}
