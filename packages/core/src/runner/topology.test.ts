import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AggregateDefinition } from '../aggregate/index.ts'
import { type Catalog, createCatalog } from '../catalog/index.ts'
import { newId } from '../event/index.ts'
import type { ProjectionDefinition } from '../projection/index.ts'
import type { SagaDefinition } from '../saga/index.ts'
import { InvalidTopology } from './errors.ts'
import { routeOf } from './route.ts'
import { service } from './service.ts'
import { heardTopics, planTopology, type Topology } from './topology.ts'

function catalogOf(...types: string[]): Catalog {
  const schemas = Object.fromEntries(types.map((type) => [type, { type: 'object' }]))
  return createCatalog({ namespace: 'com.example.shop', ...(types.length > 0 ? { schemas } : {}) })
}

function aggregate(name: string, ...types: string[]): AggregateDefinition {
  return {
    kind: 'aggregate',
    name,
    catalog: catalogOf(...types),
    initial: () => ({}),
    commands: [],
    decide: () => undefined,
    evolve: (state) => state,
  }
}

function saga(name: string, start: string, done: string): SagaDefinition {
  return {
    kind: 'saga',
    name,
    version: 1,
    catalog: catalogOf(),
    start,
    key: (event) => event.stream,
    nodes: [
      { kind: 'parallel', name: 'both', branches: [[{ kind: 'step', name: 's', done: [done], failed: [] }]] },
    ],
    cancel: [],
  }
}

function projection(name: string, collections: readonly string[]): ProjectionDefinition {
  return {
    kind: 'projection',
    name,
    version: 1,
    catalog: catalogOf(),
    types: ['OrderPlaced'],
    collections,
    inline: false,
    handle: () => undefined,
  }
}

const Order = aggregate('order', 'OrderPlaced', 'OrderConfirmed', 'OrderNoted')
const Stock = aggregate('stock', 'StockReserved')
const checkout = saga('checkout', 'OrderPlaced', 'StockReserved')

/** The topic on which the relay publishes an event of an aggregate, if any. */
function publishedOn(topology: Topology, name: string, type: string): string | undefined {
  const route = routeOf(topology, catalogOf(), 'epoch', { of: () => undefined, isHeard: () => false })
  const event = { type, data: {}, stream: `${name}-1`, version: 1, position: 1, recordedAt: 1 }
  return route({ ...event, id: newId(), schemaVersion: 1, tenant: '', metadata: {} })[0]?.topic
}

describe('the topology of an app', () => {
  it('gives each service its topics, and what stands directly in run the app itself', () => {
    const { services } = planTopology('shop', [
      Order,
      service('stock', { run: [Stock], topic: { name: 'shop.stock', partitions: 12 } }),
    ])
    assert.deepEqual(
      services.map(({ name, commandTopic, eventTopic, partitions }) => [
        name,
        commandTopic,
        eventTopic,
        partitions,
      ]),
      [
        ['shop', 'shop.commands', 'shop.events', undefined],
        ['stock', 'stock.commands', 'shop.stock', 12],
      ],
    )
  })

  it('publishes what a saga hears and what a service declares, and nothing else', () => {
    const topology = planTopology('shop', [
      service('orders', { run: [Order], topic: { publish: ['OrderConfirmed'] } }),
      Stock,
      checkout,
    ])
    assert.equal(publishedOn(topology, 'order', 'OrderPlaced'), 'orders.events')
    assert.equal(publishedOn(topology, 'order', 'OrderConfirmed'), 'orders.events')
    assert.equal(publishedOn(topology, 'order', 'OrderNoted'), undefined)
    assert.equal(publishedOn(topology, 'stock', 'StockReserved'), 'shop.events')
    assert.equal(publishedOn(topology, 'unknown', 'OrderPlaced'), undefined)
  })

  it('publishes everything of a service that says so', () => {
    const topology = planTopology('shop', [service('orders', { run: [Order], topic: { publish: 'all' } })])
    assert.equal(publishedOn(topology, 'order', 'OrderNoted'), 'orders.events')
  })

  it('lets a saga hear services of this process and elsewhere, and publishes all that is in the log', () => {
    const topology = planTopology('shop', [
      Order,
      checkout,
      service('stock', { elsewhere: true, run: [Stock], topic: { publish: ['StockReserved'] } }),
      service('empty'),
    ])
    assert.deepEqual(heardTopics(topology), ['shop.events', 'stock.events'])
    assert.equal(publishedOn(topology, 'stock', 'StockReserved'), 'stock.events')
    assert.equal(publishedOn(topology, 'stock', 'StockCounted'), undefined)
  })

  const refused: [string, () => unknown, RegExp][] = [
    [
      'two aggregates of one name',
      () => planTopology('a', [Order, service('b', { run: [Order] })]),
      /two aggregates named 'order', in the services a and b/,
    ],
    [
      'two sagas of one name',
      () => planTopology('a', [Order, Stock, checkout, checkout]),
      /two sagas named 'checkout'/,
    ],
    ['two services of one name', () => planTopology('a', [service('a')]), /two services named 'a'/],
    [
      'two services on one topic',
      () => planTopology('a', [service('b', { topic: { name: 'a.events' } })]),
      /two topics named 'a.events'/,
    ],
    [
      'two projections of one name',
      () => planTopology('a', [projection('p', ['x']), projection('p', ['y'])]),
      /two projections named 'p'/,
    ],
    [
      'two owners of one collection',
      () => planTopology('a', [projection('p', ['x']), projection('q', ['x'])]),
      /both own the collection 'x'/,
    ],
    [
      'a saga that hears what nobody publishes',
      () => planTopology('a', [Order, checkout]),
      /hears StockReserved, which no service/,
    ],
    [
      'a service whose name cannot name a topic',
      () => planTopology('a', [service('my shop')]),
      /cannot name a service/,
    ],
  ]
  for (const [what, plan, message] of refused) {
    it(`refuses ${what}`, () => {
      assert.throws(plan, (error: Error) => error instanceof InvalidTopology && message.test(error.message))
    })
  }
})
