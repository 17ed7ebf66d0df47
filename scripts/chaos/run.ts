import { setTimeout as sleep } from 'node:timers/promises'
import { dump } from './dump.ts'
import { carryOut } from './killer.ts'
import { describe, type Kill } from './kills.ts'
import { type Outside, outsideOf } from './outside.ts'
import { settle } from './settle.ts'
import type { Stage } from './stage.ts'
import { SAGA_ENDED } from './truth/events.ts'
import { partsOf } from './truth/log.ts'
import { endWith } from './worker-process.ts'

/** What a run saw while it went on; what is true afterwards stands in the stores. */
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

export interface RunOptions {
  readonly stage: Stage
  readonly kills: number
  readonly orders: number
  readonly seed: string
  readonly onProgress?: (line: string) => void
  /** Called when the run is broken off by a signal. */
  readonly cleanUp?: () => void
}

const LOOK_EVERY = 30
const TELL_EVERY = 5000

/** Sends the orders, kills the processes, and ends when all orders have ended and nothing is left to do. */
export async function runChaos(options: RunOptions): Promise<Seen> {
  const run = beginRun(options)
  const { workers } = options.stage
  const calm = new AbortController()
  using _ended = endWith(workers, () => options.cleanUp?.())
  let disturbing: Promise<void> | undefined
  try {
    for (const worker of workers.values()) worker.start()
    const watching = watch(run).catch((error: unknown) => breakOff(run, `nobody looks any more: ${error}`))
    await Promise.race([run.outside.stock(), run.broken.promise])
    disturbing = options.stage.disturb(calm.signal)
    const killing = killAll(run)
    await Promise.race([sendAll(run).then(() => killing), run.broken.promise])
    await Promise.race([allEnded(run), run.broken.promise])
    calm.abort()
    await disturbing
    if (!run.isBroken) run.troubles.push(...(await settle(workers)))
    run.over = true
    await watching
  } finally {
    run.over = true
    run.outside.leave()
    calm.abort()
    await Promise.all([disturbing, ...[...workers.values()].map((worker) => worker.retire())])
  }
  return seenOf(run)
}

interface Run {
  readonly options: RunOptions
  readonly kills: readonly Kill[]
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

function beginRun(options: RunOptions): Run {
  const { stage, seed, kills } = options
  return {
    options,
    kills: stage.kills(kills),
    outside: outsideOf(seed, stage),
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
  const { orders, kills, stage } = run.options
  const sending: Promise<void>[] = []
  while (run.sent < orders && !run.isBroken) {
    const share = kills === 0 ? 1 : (run.killed + 1) / kills
    const open = run.sent - run.ended.size - run.outside.refused.size
    if (open < stage.openAtMost && run.sent < share * orders) sending.push(run.outside.place(run.sent++))
    else await sleep(5)
  }
  await Promise.race([Promise.all(sending), run.broken.promise])
}

async function killAll(run: Run): Promise<void> {
  const { stage, kills } = run.options
  for (const kill of run.kills) {
    if (run.isBroken) return
    await carryOut(kill, stage.workers)
    run.killed++
    run.troubles.push(...(await stage.afterKill(run.killed, kills)))
  }
}

async function allEnded(run: Run): Promise<void> {
  const { ended, outside } = run
  while (!run.isBroken && (ended.size < outside.accepted.size || outside.waiting() > 0)) {
    await sleep(LOOK_EVERY)
  }
}

/** Follows the logs for those outside, tells how it goes, and notices when it does not. */
async function watch(run: Run): Promise<void> {
  const { onProgress, stage } = run.options
  let moved = performance.now()
  let told = performance.now()
  let dumped = false
  let killed = 0
  while (!run.over) {
    await sleep(stage.lookEvery)
    const news = await followLogs(run)
    if (news || run.killed > killed) {
      killed = run.killed
      moved = performance.now()
      dumped = false
    }
    const still = performance.now() - moved
    if (still > stage.stall.tell && !dumped) {
      dumped = true
      onProgress?.(`nothing has moved for ${stage.stall.tell / 1000} s\n${await dump(stage)}`)
    }
    const surprise = [...stage.workers.values()].flatMap(({ surprises }) => surprises)[0]
    const trouble = still > stage.stall.end ? `nothing moved for ${stage.stall.end / 1000} s` : surprise
    if (trouble !== undefined) return breakOff(run, trouble)
    if (performance.now() - told < TELL_EVERY) continue
    told = performance.now()
    onProgress?.(progressOf(run))
  }
}

/** True when there was something new. */
async function followLogs({ options, ended, outside }: Run): Promise<boolean> {
  const news = await options.stage.follow()
  for (const event of news) {
    if (event.type === SAGA_ENDED) ended.add(partsOf(event.stream).key)
    outside.hear(event)
  }
  return news.length > 0
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
