import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { dump } from './dump.ts'
import { carryOut } from './killer.ts'
import { describe, type Kill, killsOf } from './kills.ts'
import { storeFiles, WORKERS, type WorkerName, workersOf } from './layout.ts'
import type { ChaosOptions } from './options.ts'
import { type Outside, outsideOf } from './outside.ts'
import { settle } from './settle.ts'
import { loadShop, writeShop } from './shop.ts'
import { SAGA_ENDED } from './truth/events.ts'
import { logOf, partsOf } from './truth/log.ts'
import { endWith, WorkerProcess } from './worker-process.ts'

/** What a run saw while it went on; what is true afterwards stands in the files. */
export interface Seen {
  readonly accepted: ReadonlySet<string>
  readonly refused: ReadonlySet<string>
  readonly killed: number
  readonly ended: number
  readonly resent: number
  readonly seconds: number
  /** What went wrong on the way: it moved no more, a process ended by itself, an answer contradicted another. */
  readonly troubles: readonly string[]
}

export interface RunOptions extends Omit<ChaosOptions, 'keep'> {
  readonly folder: string
  /** Milliseconds; default 700. */
  readonly leaseTime?: number
  /** How long the gateway may take to answer, as the flow file says it; default 4s. */
  readonly patience?: string
  readonly onProgress?: (line: string) => void
  /** Called when the run is broken off by a signal. */
  readonly cleanUp?: () => void
}

const LEASE_TIME = 700
const PATIENCE = '4s'
const OPEN_AT_MOST = 40
const LOOK_EVERY = 30
const TELL_EVERY = 5000
/** Milliseconds without any event or kill: first a dump, then the end. */
const STALL = 10_000
const STUCK = 40_000

/** Sends the orders, kills the processes, and ends when all orders have ended and nothing is left to do. */
export async function runChaos(options: RunOptions): Promise<Seen> {
  const run = await beginRun(options)
  using _ended = endWith(Object.values(run.workers), () => options.cleanUp?.())
  try {
    for (const name of WORKERS) run.workers[name].start()
    await run.outside.stock()
    const watching = watch(run)
    const killing = killAll(run)
    await Promise.race([sendAll(run).then(() => killing), run.broken.promise])
    await Promise.race([allEnded(run), run.broken.promise])
    if (!run.isBroken) run.troubles.push(...(await settle(run.workers)))
    run.over = true
    await watching
  } finally {
    run.over = true
    run.outside.leave()
    await Promise.all(Object.values(run.workers).map((worker) => worker.retire()))
  }
  return seenOf(run)
}

interface Run {
  readonly options: RunOptions
  readonly kills: readonly Kill[]
  readonly workers: { readonly [name in WorkerName]: WorkerProcess }
  readonly outside: Outside
  readonly begun: number
  readonly ended: Set<string>
  readonly troubles: string[]
  readonly broken: PromiseWithResolvers<void>
  isBroken: boolean
  killed: number
  sent: number
  over: boolean
}

async function beginRun(options: RunOptions): Promise<Run> {
  const { folder, layout, seed, kills, leaseTime = LEASE_TIME, patience = PATIENCE } = options
  await writeShop(folder, patience)
  const { flow } = await loadShop(folder)
  const workerOf = (worker: WorkerName) => new WorkerProcess({ folder, layout, worker, leaseTime })
  const workers = { a: workerOf('a'), b: workerOf('b') }
  const takers = (aggregate: string) => workersOf(layout, flow.aggregates.get(aggregate)?.service ?? '')
  return {
    options,
    kills: killsOf(seed, kills, leaseTime),
    workers,
    outside: outsideOf(seed, { workers, takers }),
    begun: performance.now(),
    ended: new Set(),
    troubles: [],
    broken: Promise.withResolvers(),
    isBroken: false,
    killed: 0,
    sent: 0,
    over: false,
  }
}

/** The orders are spread over the kills, so that there is always something to lose. */
async function sendAll(run: Run): Promise<void> {
  const { orders, kills } = run.options
  const sending: Promise<void>[] = []
  while (run.sent < orders && !run.isBroken) {
    const share = kills === 0 ? 1 : (run.killed + 1) / kills
    const open = run.sent - run.ended.size - run.outside.refused.size
    if (open < OPEN_AT_MOST && run.sent < share * orders) sending.push(run.outside.place(run.sent++))
    else await sleep(5)
  }
  await Promise.race([Promise.all(sending), run.broken.promise])
}

async function killAll(run: Run): Promise<void> {
  for (const kill of run.kills) {
    if (run.isBroken) return
    await carryOut(kill, run.workers)
    run.killed++
  }
}

async function allEnded({ ended, outside, isBroken }: Run): Promise<void> {
  while (!isBroken && (ended.size < outside.accepted.size || outside.waiting() > 0)) await sleep(LOOK_EVERY)
}

/** Follows the logs for those outside, tells how it goes, and notices when it does not. */
async function watch(run: Run): Promise<void> {
  const { onProgress } = run.options
  const follow = followLogs(run)
  let moved = performance.now()
  let told = performance.now()
  let dumped = false
  let killed = 0
  while (!run.over) {
    await sleep(LOOK_EVERY)
    const news = follow()
    if (news || run.killed > killed) {
      killed = run.killed
      moved = performance.now()
      dumped = false
    }
    const still = performance.now() - moved
    if (still > STALL && !dumped) {
      dumped = true
      onProgress?.(`nothing has moved for ${STALL / 1000} s\n${await dumpOf(run)}`)
    }
    const surprise = Object.values(run.workers).flatMap(({ surprises }) => surprises)[0]
    const trouble = still > STUCK ? `nothing moved for ${STUCK / 1000} s` : surprise
    if (trouble !== undefined) return breakOff(run, trouble)
    if (performance.now() - told < TELL_EVERY) continue
    told = performance.now()
    onProgress?.(progressOf(run))
  }
}

/** True when there was something new. */
function followLogs({ options, ended, outside }: Run): () => boolean {
  const { folder, layout } = options
  const positions = new Map(storeFiles(layout).map((file) => [file, 0]))
  return () => {
    let news = false
    for (const [file, after] of positions) {
      for (const event of logOf(join(folder, file), after)) {
        news = true
        positions.set(file, event.position)
        if (event.type === SAGA_ENDED) ended.add(partsOf(event.stream).key)
        outside.hear(event)
      }
    }
    return news
  }
}

function dumpOf({ options: { folder, layout }, workers }: Run): Promise<string> {
  return dump(folder, layout, workers)
}

function breakOff(run: Run, trouble: string): void {
  run.troubles.push(trouble)
  run.isBroken = true
  run.broken.resolve()
}

function progressOf({ options, kills, killed, sent, ended, begun, outside }: Run): string {
  const seconds = (performance.now() - begun) / 1000
  const next = kills[killed]
  return (
    `${seconds.toFixed(0)} s: ${killed}/${options.kills} kills, ${sent}/${options.orders} orders sent, ` +
    `${ended.size} ended (${(ended.size / seconds).toFixed(1)}/s), ${outside.refused.size} refused` +
    (next ? `; next: ${describe(next)}` : '')
  )
}

function seenOf({ outside, killed, ended, begun, troubles }: Run): Seen {
  return {
    accepted: outside.accepted,
    refused: outside.refused,
    killed,
    ended: ended.size,
    resent: outside.resent,
    seconds: (performance.now() - begun) / 1000,
    troubles: [...troubles, ...outside.contradictions],
  }
}
