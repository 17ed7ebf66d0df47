import assert from 'node:assert/strict'
import { type NewEvent, newId, silentLogger } from '../event/index.ts'
import {
  caughtUp,
  inlineWriter,
  type ProjectionDefinition,
  projectionComponent,
  readModel,
} from '../projection/index.ts'
import { memoryStoreEngine } from '../store/memory/index.ts'
import { manualClock } from './manual-clock.ts'

/** An event of a scenario; its stream is `stream`, default `scenario-1`. */
export type ProjectedEvent = NewEvent & { readonly stream?: string; readonly tenant?: string }

/** Documents by id, of one collection. */
export type ExpectedDocuments = { readonly [id: string]: unknown }

export interface ProjectionGiven {
  /** Events in the order of the log, over all streams. */
  given(...events: readonly ProjectedEvent[]): ProjectionThen
}

export interface ProjectionThen {
  /**
   * Runs the projection over the events and compares all documents of a collection, default the projection's
   * own. Rejects with an `AssertionError` that shows the difference, or with what the handler threw.
   */
  then(
    documents: ExpectedDocuments,
    options?: { readonly collection?: string; readonly tenant?: string },
  ): Promise<void>
}

/**
 * Tests a projection on the machinery that runs it, in memory:
 *
 * ```ts
 * await projectionScenario(demand)
 *   .given({ type: 'OrderPlaced', data: { sku: 'tea', quantity: 2 } })
 *   .then({ tea: { quantity: 2 } })
 * ```
 */
export function projectionScenario(definition: ProjectionDefinition): ProjectionGiven {
  return {
    given: (...events) => ({
      async then(documents, { collection = definition.name, tenant = '' } = {}) {
        const found = await project(definition, events, collection, tenant)
        assert.deepEqual(found, documents, `${collection} holds other documents`)
      },
    }),
  }
}

async function project(
  definition: ProjectionDefinition,
  events: readonly ProjectedEvent[],
  collection: string,
  tenant: string,
): Promise<ExpectedDocuments> {
  const clock = manualClock()
  const { onAppend, ...writer } = inlineWriter([definition])
  const store = await memoryStoreEngine().openStore({
    catalog: definition.catalog,
    clock,
    ...(onAppend ? { onAppend } : {}),
  })
  const instance = newId()
  const component = projectionComponent(
    { store, clock, ids: newId, logger: silentLogger, random: Math.random, instance },
    definition,
  )
  try {
    await writer.open(store, instance)
    for (const { stream = 'scenario-1', tenant: of = '', ...event } of events)
      await store.append(stream, [event], { tenant: of })
    await component.start()
    await caughtUp(store, definition.name, definition.version)
    const listed = await readModel(store, [definition], collection, { tenant }).list()
    return Object.fromEntries(listed.map(({ id, value }) => [id, value]))
  } finally {
    await component.stop()
    await writer.close()
    await store.close()
  }
}
