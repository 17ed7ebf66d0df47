import type { EventStore } from '../store/index.ts'

const listening = new WeakMap<EventStore, Set<() => void>>()

/** For those of this process who wait for a projection: that a checkpoint moved past what it does not handle is no news of the store. */
export function onProgress(store: EventStore, listener: () => void): () => void {
  const listeners = listening.get(store) ?? new Set()
  listening.set(store, listeners)
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function tellProgress(store: EventStore): void {
  for (const listener of listening.get(store) ?? []) listener()
}
