import { setTimeout as sleep } from 'node:timers/promises'
import { type Catalog, createCatalog } from '../../catalog/index.ts'
import type { Component } from '../../delivery/index.ts'
import { newId, silentLogger, systemClock } from '../../event/index.ts'
import {
  buildProjection,
  inlineWriter,
  type ProjectionDefinition,
  type ProjectionSettings,
  projectionComponent,
  readModel,
} from '../../projection/index.ts'
import { type EventStore, FencedOut, type StoreEngine } from '../../store/index.ts'

/** Somewhere a store can be opened, again and again on the same data. */
export interface ProjectionPlace {
  readonly engine: StoreEngine
  /** What a restore does: the log goes on in another epoch, for stores that are opened from now on. */
  renewEpoch(): Promise<unknown>
  dispose(): Promise<void>
}

/** What the suite's projections hear. */
export type Shop = {
  OrderPlaced: { readonly sku: string; readonly quantity: number }
  OrderNoted: { readonly text: string }
}

export const shop: Catalog<Shop> = createCatalog<Shop>({ namespace: 'com.example.shop' })

/** Tests by what they promise. */
export type Promises = { readonly [promise: string]: (place: ProjectionPlace) => Promise<void> }

export interface InstanceOptions extends ProjectionSettings {
  readonly instance?: string
  /** Comes between the components and the store. */
  readonly wrap?: (store: EventStore) => EventStore
}

export interface Demand {
  readonly quantity: number
  /** The positions or versions that were counted, to show each once. */
  readonly seen: readonly number[]
}

/** Counts what was ordered by article; `times` tells the fold of one version from that of another. */
export function demandProjection(version: number, times = 1): ProjectionDefinition {
  return buildProjection(shop, 'demand', version, {
    OrderPlaced: (event, tx) =>
      tx.documents<Demand>('demand').update(event.data.sku, (current) => ({
        quantity: (current?.quantity ?? 0) + times * event.data.quantity,
        seen: [...(current?.seen ?? []), event.position],
      })),
  })
}

/** A process with projections: a store of its own, and components that run on it. */
export interface Instance {
  readonly store: EventStore
  readonly components: readonly Component[]
  start(): Promise<void>
  stop(): Promise<void>
  idle(): Promise<void>
  /** Errors of the store that its components met, and how many of them were fences. */
  failures(): number
  fenced(): number
}

export async function openInstance(
  place: ProjectionPlace,
  definitions: readonly ProjectionDefinition[],
  settings: InstanceOptions = {},
): Promise<Instance> {
  const writer = inlineWriter(definitions)
  const onAppend = writer.onAppend
  const store = await place.engine.openStore({ catalog: shop, ...(onAppend ? { onAppend } : {}) })
  const instance = settings.instance ?? newId()
  let failures = 0
  let fenced = 0
  const wrapped = settings.wrap?.(store) ?? store
  const watched: EventStore = {
    ...wrapped,
    async transaction(work, options) {
      try {
        return await wrapped.transaction(work, options)
      } catch (error) {
        failures += 1
        if (error instanceof FencedOut) fenced += 1
        throw error
      }
    },
  }
  const runtime = {
    store: watched,
    clock: systemClock,
    ids: newId,
    logger: silentLogger,
    random: Math.random,
    instance,
  }
  const components = definitions.map((definition) => projectionComponent(runtime, definition, settings))
  await writer.open(store, instance)
  return {
    store,
    components,
    failures: () => failures,
    fenced: () => fenced,
    async start() {
      for (const component of components) await component.start()
    },
    async stop() {
      for (const component of components) await component.stop()
      await writer.close()
      await store.close()
    },
    async idle() {
      await until(async () => {
        const idle = await Promise.all(components.map((component) => component.idle()))
        return idle.every((each) => each)
      })
    },
  }
}

/** Waits until `holds`, a few seconds at most. */
export async function until(holds: () => Promise<boolean> | boolean, milliseconds = 60_000): Promise<void> {
  const end = performance.now() + milliseconds
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not so within ${milliseconds} ms: ${holds}`)
    await sleep(2)
  }
}

/** Places an order: `o-1` for tea, two of it. */
export async function place(
  store: EventStore,
  id: string,
  quantity: number,
  sku = 'tea',
  tenant = '',
): Promise<number> {
  const event = { type: 'OrderPlaced', data: { sku, quantity } }
  return (await store.append(`order-${id}`, [event], { tenant })).position
}

/** What the read model counts of an article now. */
export async function quantityOf(store: EventStore, sku = 'tea', tenant = ''): Promise<number | undefined> {
  return (await readModel<Demand>(store, [demandProjection(1)], 'demand', { tenant }).get(sku))?.quantity
}
