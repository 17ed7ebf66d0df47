import type { EventStore } from '../store/index.ts'
import { checkpointInLog } from './relay-checkpoint.ts'
import { RELAY } from './relay-parking.ts'

/** The relay's checkpoint. It moves while the relay goes on: one move at a time, each to the furthest asked for by then. */
export interface RelayProgress {
  /** Begins at what the store says; no move is under way. @throws LogBehind */
  begin(): Promise<number>
  /** All up to here is published or parked. */
  reached(position: number): void
  /** Resolves when the checkpoint stands where it should. @throws what a move failed with, once: nothing moves until `begin` */
  settled(): Promise<void>
  /** Resolves when no move is under way, whatever became of it. */
  over(): Promise<void>
}

export interface RelayProgressSettings {
  /** @throws LeaseLost */
  readonly token: () => number
  readonly moved: () => void
  /** A move failed. Another relay may have taken over, so nothing more is to be published. */
  readonly failed: () => void
}

export function relayProgress(
  store: EventStore,
  { token, moved, failed }: RelayProgressSettings,
): RelayProgress {
  let checkpoint = 0
  let goal = 0
  let moving: Promise<void> | undefined
  let failure: { readonly error: unknown } | undefined

  async function move(to: number): Promise<void> {
    const held = token()
    await store.transaction(
      async (tx) => {
        tx.fence(RELAY, held)
        await tx.checkpoint.advance(RELAY, checkpoint, to)
      },
      { quiet: true },
    )
    checkpoint = to
    moved()
  }

  async function moveAll(): Promise<void> {
    try {
      while (goal > checkpoint) await move(goal)
    } catch (error) {
      failure = { error }
      failed()
    } finally {
      moving = undefined
    }
  }

  return {
    async begin() {
      checkpoint = await checkpointInLog(store)
      goal = checkpoint
      failure = undefined
      return checkpoint
    },
    reached(position) {
      goal = Math.max(goal, position)
      if (goal > checkpoint && failure === undefined) moving ??= moveAll()
    },
    async settled() {
      await moving
      const failed = failure
      failure = undefined
      goal = checkpoint
      if (failed !== undefined) throw failed.error
    },
    over: async () => moving,
  }
}
