import type { Component, ComponentHealth } from '../delivery/index.ts'
import type { EventStore } from '../store/index.ts'

/** What an operator asks an app. */
export interface AppHealth {
  /** True when it was started and every component runs or waits for another process that does. */
  readonly ready: boolean
  readonly components: readonly ComponentHealth[]
  /** Events or messages still to do, by consumer, relay, saga and projection. */
  readonly lag: { readonly [component: string]: number }
  /** Milliseconds that the oldest append in the queue has waited. */
  readonly oldestOpenAppend: number
  /** Keys that wait behind a dead letter, over all consumers. */
  readonly parkedKeys: number
  /** Components that stopped at what they cannot take. */
  readonly faulted: readonly string[]
  readonly sagas: { readonly open: number; readonly stuck: number }
}

/** Asks every component. One that cannot answer counts as faulted: health must tell even then. */
export async function healthOf(
  components: readonly Component[],
  store: EventStore,
  started: boolean,
): Promise<AppHealth> {
  const all = await Promise.all(components.map(askHealth))
  const details = all.map(({ detail }) => detail ?? {})
  return {
    ready: started && all.every(({ state }) => state === 'running' || state === 'waiting'),
    components: all,
    lag: Object.fromEntries(all.map(({ name, lag }) => [name, lag])),
    oldestOpenAppend: store.health().oldestOpenAppend,
    parkedKeys: sum(details.map(({ parkedKeys }) => parkedKeys)),
    faulted: all.filter(({ state }) => state === 'faulted').map(({ name }) => name),
    sagas: {
      open: sum(details.map(({ openSagas }) => openSagas)),
      stuck: sum(details.map(({ stuck }) => stuck)),
    },
  }
}

async function askHealth(component: Component): Promise<ComponentHealth> {
  try {
    return await component.health()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { name: component.name, state: 'faulted', lag: 0, error: message }
  }
}

function sum(counts: readonly unknown[]): number {
  return counts.reduce<number>((total, count) => total + (typeof count === 'number' ? count : 0), 0)
}
