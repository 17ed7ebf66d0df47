import type { AppHealth, Command } from '@eventwright/core'

/** What the run says to a process of the flow. */
export type ToWorker =
  | { readonly kind: 'execute'; readonly id: number; readonly command: Command }
  | { readonly kind: 'health'; readonly id: number }
  | { readonly kind: 'idle'; readonly id: number }
  /** Ends the process as `kill -9` does inside of its so-many-th commit from now on, before anybody is told of it. */
  | { readonly kind: 'dieInCommit'; readonly commits: number }

/** A command's outcome, as whoever sent it is told. */
export interface Outcome {
  readonly outcome: 'events' | 'nothing' | 'refused'
  readonly refusal?: string
}

/** What it answers. */
export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'outcome'; readonly id: number; readonly outcome: Outcome }
  | { readonly kind: 'health'; readonly id: number; readonly health: AppHealth }
  | { readonly kind: 'idle'; readonly id: number; readonly commits: number }
  /** It could not be done now. */
  | { readonly kind: 'error'; readonly id: number; readonly error: string }
