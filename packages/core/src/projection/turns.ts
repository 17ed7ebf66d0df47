import { quietOf, type Runtime } from '../delivery/index.ts'
import type { Lease } from '../store/index.ts'
import { applySlice } from './apply.ts'
import type { Condition } from './condition.ts'
import type { ProjectionDefinition } from './definition.ts'
import type { LeaseHolder } from './lease-holder.ts'
import { recordedFault, recordFault, swap } from './live.ts'
import type { Part, Parts } from './parts.ts'
import { olderWriterLeft } from './writers.ts'

/** The turns of the loop that keeps a version at the head of the log. */
export interface Turns {
  /** Gives the milliseconds to wait, 0 when there is more to do at once, or nothing when there is nothing to do any more. */
  take(): Promise<number | undefined>
  /** With this lease it runs. A fault that another process or an earlier run recorded is over: it is tried again. */
  begin(held: Lease): Promise<void>
  /** Told that the log grew since it was looked at. */
  grew(): void
  /** Ends it for good. */
  end(as: 'stopped' | 'faulted', why: string): Promise<undefined>
}

/** What became of one look at the log. */
type Pass = 'more' | 'done' | 'newer' | 'faulted' | 'superseded'

export interface Turning {
  readonly runtime: Omit<Runtime, 'broker'>
  readonly definition: ProjectionDefinition
  readonly parts: Parts
  readonly leases: LeaseHolder
  readonly leaseTime: number
  readonly condition: Condition
}

export function turnsOf(turning: Turning): Turns {
  const { runtime, definition, parts, leases, condition } = turning
  const { store, logger, instance, telemetry } = runtime
  const { name, version } = definition
  const pause = turning.leaseTime / 3
  const quiet = quietOf(store)
  /** The head of the log when nothing was left to do: while it stands there, nothing is. */
  let doneAt: number | undefined
  let lookAgain = 0
  let hasGrown = false
  /** The token under which something was written: no earlier holder writes any more. */
  let writtenUnder = 0

  async function pass(held: Lease): Promise<Pass> {
    const part = await parts.next()
    if (!part) return 'superseded'
    if (!(await takeIn(held, part))) return 'faulted'
    if (part.isNewer) return 'newer'
    if (part.isFull || (await parts.hasMore(part))) return 'more'
    if (!(await goLive(held))) return 'done'
    doneAt = part.to
    lookAgain = performance.now() + pause
    return 'done'
  }

  /** False where it stopped at an event. */
  async function takeIn(held: Lease, { events, from, to }: Part): Promise<boolean> {
    const projecting = { store, definition, lease: held, telemetry, live: parts.isLive() }
    const applied = await quiet.beside(() => applySlice(projecting, events, from, to))
    condition.handled += events.filter(({ position }) => position <= applied.to).length
    condition.fault = applied.fault
    if (applied.fault) return false
    parts.took(to)
    if (to === from) return true
    // A holder before this one may have recorded its fault until now: from here on it is fenced out.
    if (writtenUnder !== held.token) await clearFault(held)
    writtenUnder = held.token
    return true
  }

  /** True when readers see this version. */
  async function goLive(held: Lease): Promise<boolean> {
    if (parts.isLive()) return true
    condition.heldBack = definition.inline && (await olderWriterLeft(store, definition, instance))
    if (condition.heldBack) return false
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
    if (fresh && (await store.head()) === doneAt && !(await parts.isSuperseded())) return true
    doneAt = undefined
    return false
  }

  async function begin(held: Lease): Promise<void> {
    condition.error = undefined
    if (condition.state === 'running') return
    await clearFault(held)
    condition.state = 'running'
  }

  async function clearFault(held: Lease): Promise<void> {
    if (await recordedFault(store, name, version)) await recordFault(store, definition, undefined, held)
  }

  async function wait(): Promise<number | undefined> {
    condition.state = 'waiting'
    condition.error = undefined
    return (await parts.isSuperseded()) ? endSuperseded() : Math.min(1000, pause)
  }

  async function end(as: 'stopped' | 'faulted', why: string): Promise<undefined> {
    condition.state = as
    condition.error = why
    // A lease that cannot be given back runs out.
    await leases.giveBack().catch(() => {})
  }

  const endSuperseded = (): Promise<undefined> => end('stopped', 'superseded by a newer version')

  async function endFaulted(held: Lease): Promise<undefined> {
    const { error: why, ...where } = condition.fault ?? { error: '' }
    await recordFault(store, definition, condition.fault, held)
    logger.error(where, 'projection stopped at an event that its handler cannot take')
    return end('faulted', why)
  }

  return {
    async take() {
      const held = await leases.hold()
      if (!held) return wait()
      await begin(held)
      if (await isDone()) return pause
      const passed = await pass(held)
      condition.behindNewer = passed === 'newer'
      if (passed === 'superseded') return endSuperseded()
      if (passed === 'faulted') return endFaulted(held)
      if (passed === 'newer') condition.state = 'waiting'
      return passed === 'more' ? 0 : pause
    },
    begin,
    grew() {
      hasGrown = true
    },
    end,
  }
}
