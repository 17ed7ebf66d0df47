import { NewerEventVersion } from '../catalog/index.ts'
import { type Attempt, type Attempts, FRESH } from './attempts.ts'
import { delayAfter } from './backoff.ts'
import type { Entry } from './entry.ts'
import { NewerVersion, type Reason, reasonOf, Unprocessable } from './errors.ts'
import type { HeldLanes } from './held.ts'
import type { PartitionHost } from './host.ts'
import { isNotOfHandler } from './not-of-handler.ts'
import { clearAttempts, handleTogether, keepAttempt, parkMessage, type UnitContext } from './unit.ts'

/** What running a batch needs of its partition. */
export interface BatchParts<Value> {
  readonly host: PartitionHost<Value>
  readonly held: HeldLanes<Value>
  readonly attempts: Attempts
  readonly fence: UnitContext<Value>['fence']
  isClosing(): boolean
  /** Their effects are committed: acknowledge. */
  done(entries: readonly Entry<Value>[]): void
  /** Not run yet: they come first when the partition goes on. */
  putBack(entries: readonly Entry<Value>[]): void
  log(error: unknown, text: string, entry?: Entry<Value>): void
}

export interface BatchRunner<Value> {
  /** When it resolves, each message is done, held for later, or put back. */
  process(batch: readonly Entry<Value>[]): Promise<void>
}

/** Milliseconds that a suspect waits for the others to end before it runs beside them. */
const PATIENCE = 5000

/** Runs batches in one unit of work, failing ones one by one, suspects alone; holds or parks what fails. */
export function batchRunner<Value>(parts: BatchParts<Value>): BatchRunner<Value> {
  const { host, held, attempts, fence, isClosing, done, putBack, log } = parts

  async function process(batch: readonly Entry<Value>[]): Promise<void> {
    for (const { parsed, message } of batch) {
      if (parsed.kind === 'message' && parsed.origin) await host.epochs.check(message.topic, parsed.origin)
    }
    const [first] = batch
    if (first?.parsed.kind === 'broken') return park(first, first.parsed.reason, [])
    if (first?.attempt?.suspect) return suspect(first, first.attempt)
    const offsets = batch.map(({ message }) => message.offset)
    await host.quiet.shared(async () => {
      const begun = attempts.begin(offsets, false)
      // Who waits for it hears of it, which may be later than it fails: an error that nobody hears ends the process.
      begun.catch(() => {})
      if (batch.length === 1 || !(await together(batch, begun))) await oneByOne(batch, begun)
    })
  }

  async function together(batch: readonly Entry<Value>[], begun: Promise<void>): Promise<boolean> {
    try {
      await handleTogether(context([], begun), batch)
    } catch (error) {
      await begun
      if (isNotOfHandler(error)) throw error
      log(error, 'a batch failed and is run one by one')
      return false
    }
    done(batch)
    host.counts.handled += batch.length
    host.breaker.handled()
    return true
  }

  async function oneByOne(batch: readonly Entry<Value>[], begun: Promise<void>): Promise<void> {
    for (const [index, entry] of batch.entries()) {
      if (isClosing()) return clearAttempts(context([]), [])
      if (host.breaker.state() === 'open') {
        putBack(batch.slice(index))
        return clearAttempts(context([]), [])
      }
      const left = batch.slice(index + 1).map(({ message }) => message.offset)
      if (held.has(entry.lane)) held.behind(entry)
      else await one(entry, left, begun)
    }
  }

  async function one(entry: Entry<Value>, left: readonly number[], begun: Promise<void>): Promise<void> {
    try {
      await handleTogether(context(left, begun), [entry])
    } catch (error) {
      await begun
      if (isNotOfHandler(error)) throw error
      return failed(entry, error, left)
    }
    done([entry])
    host.counts.handled++
    host.breaker.handled()
  }

  async function suspect(entry: Entry<Value>, attempt: Attempt): Promise<void> {
    const { retry, quiet } = host
    const crashes = attempt.crashes.length
    if (crashes >= retry.crashes) {
      const message = `the process ended ${crashes} times while it ran this message alone`
      return park(entry, { code: 'Crashed', message }, [])
    }
    await quiet.alone(async (truly) => {
      const begun = attempts.begin([entry.message.offset], truly)
      await begun
      await one(entry, [], begun)
    }, PATIENCE)
  }

  async function failed(entry: Entry<Value>, error: unknown, left: readonly number[]): Promise<void> {
    if (error instanceof NewerVersion || error instanceof NewerEventVersion) {
      await clearAttempts(context(left), [])
      return held.hold(entry, undefined)
    }
    const { retry, runtime } = host
    const before = entry.attempt ?? { ...FRESH, offset: entry.message.offset }
    const failures = before.failures + 1
    const reason = reasonOf(error)
    log(error, 'a message failed', entry)
    entry.attempt = { ...before, failures, suspect: false, error: reason.message }
    if (error instanceof Unprocessable || failures >= retry.attempts) return park(entry, reason, left)
    host.counts.retries++
    const due = runtime.clock.now() + delayAfter(failures, retry, runtime.random)
    entry.attempt = { ...entry.attempt, due }
    await keepAttempt(context(left), entry.attempt)
    held.hold(entry, due)
  }

  async function park(entry: Entry<Value>, reason: Reason, left: readonly number[]): Promise<void> {
    const verdict = { reason, attempts: entry.attempt?.failures ?? 0 }
    const first = await parkMessage(context(left), entry, verdict)
    done([entry])
    host.counts.parked++
    if (first) host.breaker.parked()
  }

  /** Who fails because it could not be recorded that it is attempted says nothing of a message. */
  function context(left: readonly number[], begun: Promise<void> = Promise.resolve()): UnitContext<Value> {
    const { runtime, tenants, options } = host
    return { store: runtime.store, tenants, options, fence, attempts, spans: host.spans, begun, left }
  }

  return { process }
}
