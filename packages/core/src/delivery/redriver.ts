import { FencedOut, type Lease, StoreClosed } from '../store/index.ts'
import type { Quiet } from './alone.ts'
import { type Bell, bell } from './bell.ts'
import type { Runtime } from './component.ts'
import { Unprocessable } from './errors.ts'
import { part } from './lane.ts'
import { markedKeys, redrivesLeft } from './marked.ts'
import type { ConsumerOptions } from './message.ts'
import { isNotOfHandler } from './not-of-handler.ts'
import { PARKED } from './parking.ts'
import type { ProcessSpans } from './process-spans.ts'
import {
  beginRedrive,
  endRedrive,
  forgetFirst,
  isAlreadyDone,
  type MarkedKey,
  type RedriveContext,
  redriveFirst,
} from './redrive-run.ts'

export interface Redriver {
  start(): void
  stop(): Promise<void>
}

export interface RedriverSettings<Value> {
  readonly runtime: Runtime
  readonly options: ConsumerOptions<Value>
  readonly quiet: Quiet
  readonly crashes: number
  readonly spans: ProcessSpans
  readonly counts: { handled: number }
  readonly troubled: (error: unknown) => void
}

const LEASE_TIME = 10_000
/** Milliseconds between two looks for marked keys, however often the store commits. */
const REST = 20
const POLL = 1000
const PATIENCE = 5000

/**
 * Runs the parked messages of keys that were marked, in their order: one process a consumer does, under a
 * fenced lease.
 */
export function redriver<Value>(settings: RedriverSettings<Value>): Redriver {
  const { runtime, options, quiet } = settings
  const { store } = runtime
  const name = `redrive/${part(options.group)}`
  const leaseTime = options.leaseTime ?? LEASE_TIME
  // Not the runtime's instance: a worker that died with the same name must be told from this one.
  const worker = runtime.ids()
  const wake: Bell = bell()
  let stopping = false
  let ended: Promise<void> = Promise.resolve()
  let unlisten: (() => void) | undefined

  async function loop(): Promise<void> {
    while (!stopping) {
      try {
        if ((await redrivesLeft(store, options.group)) > 0) await underLease()
      } catch (error) {
        if (error instanceof StoreClosed) return
        settings.troubled(error)
      }
      if (stopping) return
      await pause(REST)
      await wake.wait(Math.min(POLL, leaseTime / 3))
    }
  }

  async function underLease(): Promise<void> {
    const lease = await store.leases.acquire(name, worker, leaseTime)
    if (!lease) return
    const renewal = setInterval(() => {
      store.leases.renew(lease, leaseTime).catch(settings.troubled)
    }, leaseTime / 3).unref()
    try {
      await runAll(lease)
    } catch (error) {
      if (!(error instanceof FencedOut)) throw error
    } finally {
      clearInterval(renewal)
      await store.leases.release(lease)
    }
  }

  async function runAll(lease: Lease): Promise<void> {
    const context = { store, options, worker, spans: settings.spans, fence: { name, token: lease.token } }
    for (const key of await markedKeys(store, options.group)) {
      while (!stopping && (await quiet.alone(() => runFirst(context, key), PATIENCE)));
    }
  }

  /** True when the key has more. */
  async function runFirst(context: RedriveContext<Value>, key: MarkedKey): Promise<boolean> {
    const crashes = await beginRedrive(context, key)
    if (crashes === undefined) return false
    if (crashes >= settings.crashes) {
      await endRedrive(
        context,
        key,
        new Unprocessable(`the process ended ${crashes} times while it ran this`),
      )
      return false
    }
    try {
      const more = await redriveFirst(context, key)
      if (more) settings.counts.handled++
      return more
    } catch (error) {
      if (isNotOfHandler(error)) throw error
      if (isAlreadyDone(error)) {
        await forgetFirst(context, key)
        return true
      }
      await endRedrive(context, key, error)
      return false
    }
  }

  return {
    start() {
      stopping = false
      unlisten = store.onCommit((news) => {
        if (news === undefined || news.collections.has(PARKED)) wake.ring()
      })
      ended = loop()
    },
    async stop() {
      stopping = true
      unlisten?.()
      wake.ring()
      await ended
    },
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref())
}
