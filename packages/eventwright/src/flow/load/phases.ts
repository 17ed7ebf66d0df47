import { type App, NotCaughtUp, NotIdle, ProjectionFaulted } from '@eventwright/core'
import type { Driver } from './driver.ts'
import type { Orders } from './orders.ts'

/** How many commands are under way at once before the load. */
const AT_ONCE = 100
/** Milliseconds until what was supplied is at rest; it is published, and projected. */
const REST = 300_000

/** Makes what orders refer to, and lets it come to rest. A refusal is no failure: what needs it is refused then. */
export async function supply(app: App, orders: Orders, tenant: string): Promise<void> {
  let batch: Promise<unknown>[] = []
  for (const command of orders.supplies()) {
    batch.push(app.execute(command, { tenant }))
    if (batch.length < AT_ONCE) continue
    await Promise.all(batch)
    batch = []
  }
  await Promise.all(batch)
  await app.idle({ timeout: REST })
}

/** What is drained. */
export interface Draining {
  readonly app: App
  readonly driver: Driver
  readonly projections: Iterable<string>
  /** Resolves once the driver has heard everything that is in the log now. */
  readonly heard: () => Promise<void>
  /** Milliseconds. */
  readonly patience: number
}

/** Waits until nothing can go on by itself. False where the time was over before. */
export async function drain({ app, driver, projections, heard, patience }: Draining): Promise<boolean> {
  const end = performance.now() + patience
  const left = (): number => Math.max(1, end - performance.now())
  try {
    // What the driver hears at last may make it answer, and its answer sets things going again.
    for (let before = -1; ; ) {
      await driver.answered()
      await app.idle({ timeout: left() })
      await heard()
      await driver.answered()
      const head = await app.store.head()
      if (head === before) break
      before = head
    }
    for (const name of projections) await caughtUp(app, name, left())
    return true
  } catch (error) {
    if (error instanceof NotIdle || error instanceof NotCaughtUp) return false
    throw error
  }
}

/** A projection that is faulted catches up no more: the balance says so. */
async function caughtUp(app: App, name: string, timeout: number): Promise<void> {
  try {
    await app.caughtUp(name, undefined, { timeout })
  } catch (error) {
    if (!(error instanceof ProjectionFaulted)) throw error
  }
}
