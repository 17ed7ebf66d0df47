import type { EventStore } from '../store/index.ts'

/** By the store's url: two that are open on one file hear of each other. */
const listening = new Map<string, Set<() => void>>()

/** For those of this process who wait for a projection: that a checkpoint moved past what it does not handle is no news of the store. */
export function onProgress({ url }: EventStore, listener: () => void): () => void {
  const listeners = listening.get(url) ?? new Set()
  listening.set(url, listeners)
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0 && listening.get(url) === listeners) listening.delete(url)
  }
}

export function tellProgress({ url }: EventStore): void {
  for (const listener of listening.get(url) ?? []) listener()
}
