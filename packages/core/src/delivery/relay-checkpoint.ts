import { EpochChanged, type EventStore, isHeldBack, LogBehind } from '../store/index.ts'
import { RELAY } from './relay-parking.ts'

/** How far the relay has come. @throws LogBehind */
export async function checkpointInLog(store: EventStore): Promise<number> {
  const at = await store.checkpoint(RELAY)
  const head = await store.head()
  if (at > head && !(await isHeldBack(store, at)))
    throw new LogBehind(
      store.url,
      `ends at position ${head}, and the relay has published up to position ${at} of it`,
    )
  return at
}

/** Of another epoch: it is about to stop, and has nothing to do. */
export async function checkpointOrEnd(store: EventStore, head: number): Promise<number> {
  return store.checkpoint(RELAY).catch((error: unknown) => {
    if (error instanceof EpochChanged) return head
    throw error
  })
}
