import type { Kill } from './kills.ts'
import type { LoggedEvent } from './truth/log.ts'
import type { Truth } from './truth/truth.ts'
import type { Workers } from './worker-process.ts'

/** Where a run takes place: its processes, the engines under them, and what can be seen of both. */
export interface Stage {
  readonly workers: Workers
  /** Most orders that are open at a time. */
  readonly openAtMost: number
  /** Milliseconds between two looks at the logs. */
  readonly lookEvery: number
  /** Milliseconds without any event or kill: first a dump, then the end. */
  readonly stall: { readonly tell: number; readonly end: number }
  /** The processes that take the commands of an aggregate. */
  takers(aggregate: string): readonly string[]
  /** So many kills, in their order. */
  kills(count: number): readonly Kill[]
  /** What came into the logs since it was asked last; nothing while they cannot be read. */
  follow(): Promise<readonly LoggedEvent[]>
  /** What stands there, read without the runtime. */
  truth(): Promise<Truth>
  /** What everybody waits for: for a person who looks why nothing moves. */
  dump(): Promise<readonly string[]>
  /** What befalls the engines until the signal; then they are up. */
  disturb(signal: AbortSignal): Promise<void>
  /** What is due after so many of all kills: gives what went wrong with it. */
  afterKill(killed: number, all: number): Promise<readonly string[]>
  /** What was done besides kills, in words. */
  figures(): string
  /** Ends the engines, not the processes. */
  close(): Promise<void>
}
