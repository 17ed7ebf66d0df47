// What the pitfalls share: how each is told, every interleaving of a few actors, and kill -9 at a chosen place.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { isDeepStrictEqual } from 'node:util'

export type Figures = Readonly<Record<string, number | string>>
export interface Result {
  readonly figures: Figures
  /** What happened, step by step, where it went wrong. */
  readonly story?: readonly string[] | undefined
}
export interface Pitfall {
  readonly title: string
  readonly naive: () => Result | Promise<Result>
  readonly mended: () => Result | Promise<Result>
  /** The figures of a system that works. */
  readonly should: Figures
  /** Those of the naive version that differ. */
  readonly fails: Figures
  readonly eventwright: string
}

/** Runs both versions (exit 0: one failed as told, the other held), or the one that is named on the command line. */
export async function pitfall({ title, should, fails, eventwright, ...versions }: Pitfall): Promise<void> {
  const only = process.argv[2]
  if (only !== undefined && only !== 'naive' && only !== 'mended') {
    console.error('Usage: node PROGRAM [naive|mended]. Without a word, both run.')
    process.exitCode = 3
    return
  }
  console.log(title)
  const naive = only === 'mended' ? undefined : await versions.naive()
  if (naive) tell('naive', naive, should)
  const mended = only === 'naive' ? undefined : await versions.mended()
  if (mended) tell('mended', mended, should)
  console.log(`\nIn Eventwright: ${eventwright}`)

  const told = only === 'naive' ? should : { ...should, ...fails }
  const asTold = !naive || isDeepStrictEqual(naive.figures, told)
  if (!asTold && !only) console.log('\nThe naive version did not fail as this program tells.')
  process.exitCode = asTold && (!mended || isDeepStrictEqual(mended.figures, should)) ? 0 : 1
}

function tell(version: string, { figures, story = [] }: Result, should: Figures): void {
  const holds = isDeepStrictEqual(figures, should)
  console.log(`\n${version}: ${holds ? 'holds' : 'FAILS'}`)
  if (!holds) for (const line of story) console.log(`    ${line}`)
  for (const [name, value] of Object.entries(figures)) {
    const wrong = value === should[name] ? '' : `   <- should be ${should[name]}`
    console.log(`  ${name}: ${value}${wrong}`)
  }
}

/** Takes a step each time it is asked to, and tells it; or yields a condition without which it cannot go on. */
export type Actor = Generator<string | (() => boolean), string | undefined>
export interface World<T> {
  readonly actors: readonly Actor[]
  readonly outcome: () => T
}

interface Run<T> {
  readonly outcome: T
  readonly story: readonly string[]
}
interface Turn {
  readonly pick: number
  readonly of: number
}

/** Runs a new world for each order in which its actors can take their steps. */
export function everyInterleaving<T>(world: () => World<T>): readonly Run<T>[] {
  const runs: Run<T>[] = []
  let plan: readonly number[] = []
  while (true) {
    const { actors, outcome } = world()
    const story: string[] = []
    const turns = play(actors, plan, story)
    runs.push({ outcome: outcome(), story })
    const last = turns.findLastIndex(({ pick, of }) => pick + 1 < of)
    if (last < 0) return runs
    plan = turns.slice(0, last + 1).map(({ pick }, at) => (at === last ? pick + 1 : pick))
  }
}

/** Lets the actors take turns as planned; where the plan ends, the first one that can go on does. */
function play(actors: readonly Actor[], plan: readonly number[], story: string[]): readonly Turn[] {
  const turns: Turn[] = []
  const waiting = new Map<Actor, () => boolean>(actors.map((actor) => [actor, () => true]))
  while (waiting.size > 0) {
    const able = [...waiting].filter(([, ready]) => ready())
    const pick = plan[turns.length] ?? 0
    const [actor] = able[pick] ?? []
    if (!actor) throw new Error('Every actor waits for another one.')
    turns.push({ pick, of: able.length })
    const { done, value } = actor.next()
    if (typeof value === 'string') story.push(value)
    if (done) waiting.delete(actor)
    else waiting.set(actor, typeof value === 'function' ? value : () => true)
  }
  return turns
}

let passed = 0

/** A place where the process may die. In a worker that was told so, it does: kill -9, in the middle of all it does. */
export function mayDie(): void {
  passed += 1
  if (passed === Number(process.env.DIES_AT)) process.kill(process.pid, 'SIGKILL')
}

/** Starts this program as a worker that dies at the given place (from 1). False: it came to its end before. */
export function diesAt(place: number, ...args: readonly string[]): boolean {
  const program = process.argv[1] ?? ''
  const { status, signal, stderr } = spawnSync(process.execPath, [program, 'worker', ...args], {
    env: { ...process.env, DIES_AT: String(place) },
    encoding: 'utf8',
  })
  if (status !== 0 && signal === null) throw new Error(stderr)
  return signal === 'SIGKILL'
}

/** A folder that is removed at the end of the block that uses it. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'pitfall-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}
