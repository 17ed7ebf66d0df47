import type { EventStore } from './event-store.ts'

/** A view has a checkpoint; only its head is asked for here. */
const NOBODYS = 'eventwright.nobody'

/**
 * Whether the log reaches this position although its head does not say so: an append that announced itself while
 * later positions were committed holds the head back below what others saw as final, until it ends.
 */
export async function isHeldBack(store: EventStore, position: number): Promise<boolean> {
  const { head } = await store.view({ checkpoint: NOBODYS, collections: [] })
  return head >= position
}
