import { type Random, randomOf } from '../../packages/eventwright/src/flow/load/random.ts'

/** When a process is killed. */
export type Trigger =
  /** Inside of a commit, when that is on disk and nobody was told. */
  | { readonly kind: 'commit'; readonly commits: number }
  /** Some time after it was ready. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Before it is ready. */
  | { readonly kind: 'start'; readonly ms: number }
  /** While it ends in order, because it was told to. */
  | { readonly kind: 'drain'; readonly ms: number }
  /** It stands still for longer than its leases last, goes on as if nothing had happened, and is killed then. */
  | { readonly kind: 'freeze'; readonly ms: number; readonly then: number }

export interface Kill {
  readonly victims: readonly string[]
  readonly trigger: Trigger
  /** Milliseconds until it is started again. */
  readonly pause: number
}

const COMMITS = 120
const SOME_TIME = 900
const START_TIME = 700
const DRAIN_TIME = 60
const PAUSE = 250

/** Who is killed together. */
export type Victims = (random: Random) => readonly string[]

/** The kills of a run, in their order. `leaseTime` is that of the processes, in milliseconds. */
export function killsOf(seed: string, count: number, leaseTime: number, victimsOf: Victims): readonly Kill[] {
  const kills: Kill[] = []
  for (let number = 0; number < count; number++) {
    const random = randomOf(seed, 'kill', number)
    const victims = victimsOf(random)
    const trigger = triggerOf(random, leaseTime)
    // Who was killed last is the one that starts now.
    const starting = trigger.kind === 'start' ? kills.at(-1)?.victims : undefined
    kills.push({ victims: starting ?? victims, trigger, pause: random.below(PAUSE) })
  }
  return kills
}

function triggerOf(random: Random, leaseTime: number): Trigger {
  const chance = random.next()
  if (chance < 0.5) return { kind: 'commit', commits: 1 + random.below(COMMITS) }
  if (chance < 0.7) return { kind: 'delay', ms: random.below(SOME_TIME) }
  if (chance < 0.8) return { kind: 'start', ms: random.below(START_TIME) }
  if (chance < 0.93) return { kind: 'drain', ms: random.below(DRAIN_TIME) }
  return { kind: 'freeze', ms: Math.round(leaseTime * (1 + random.next())), then: random.below(300) }
}

/** A kill in words: `b in its 17th commit, again after 30 ms`. */
export function describe({ victims, trigger, pause }: Kill): string {
  return `${victims.join(' and ')} ${when(trigger)}, again after ${pause} ms`
}

function when(trigger: Trigger): string {
  switch (trigger.kind) {
    case 'commit':
      return `in commit ${trigger.commits}`
    case 'delay':
      return `after ${trigger.ms} ms`
    case 'start':
      return `${trigger.ms} ms into the start`
    case 'drain':
      return `${trigger.ms} ms into the drain`
    case 'freeze':
      return `${trigger.then} ms after it stood still for ${trigger.ms} ms`
  }
}
