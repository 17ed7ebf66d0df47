import assert from 'node:assert/strict'
import { type Command, execute } from '../../aggregate/index.ts'
import type { Broker } from '../../broker/index.ts'
import {
  type Component,
  commandConsumer,
  eventMessage,
  type Routed,
  type Runtime,
  relay,
} from '../../delivery/index.ts'
import { isTechnical, newId, type RecordedEvent, silentLogger } from '../../event/index.ts'
import { heardBy, type SagaDefinition, sagaComponent, sagaRoute, sagaStatus } from '../../saga/index.ts'
import type { EventStore } from '../../store/index.ts'
import { type ManualClock, manualClock } from '../manual-clock.ts'
import type { SagaPlace } from './place.ts'
import { order, shop, shopAggregates } from './shop.ts'

const COMMANDS = 'shop.commands'
const EVENTS = 'shop.events'

export interface WorldOptions {
  readonly clock?: ManualClock
  /** Each message is published so many times. */
  readonly copies?: number
  /** Runs no relay and no aggregates, where another process does. */
  readonly sagasOnly?: boolean
  /** Milliseconds after which the partitions of a killed process are taken over; the broker's default. */
  readonly sessionTimeout?: number
  /** Publishes the whole log again, as a relay does whose checkpoint was lost with its process. */
  readonly fromStart?: boolean
}

/** One process: the saga under test with real aggregates, relay and consumers. */
export interface World {
  readonly clock: ManualClock
  readonly store: EventStore
  readonly saga: Component
  execute(command: Command, tenant?: string): Promise<void>
  /** Keeps back the messages for which this is true, until `letGo`. */
  holdBack(held: (event: RecordedEvent) => boolean): void
  /** Publishes what was kept back, in order. */
  letGo(): Promise<void>
  /** Until nothing is left to do now. */
  settle(): Promise<void>
  /** Goes from due time to due time, and settles at each. */
  pass(milliseconds: number): Promise<void>
  status(key: string, tenant?: string): Promise<string>
  /** The types of a stream's events. */
  types(stream: string, tenant?: string): Promise<readonly string[]>
  /** All commands that the saga has sent so far. */
  sent(): Promise<readonly Command[]>
  /** Ends the process. Nothing is given back that a crash would not give back. */
  stop(): Promise<void>
}

/** Starts a process at a place; several may run at one. */
export async function startWorld(
  place: SagaPlace,
  definition: SagaDefinition,
  options: WorldOptions = {},
): Promise<World> {
  const clock = options.clock ?? manualClock()
  const store = await place.store.openStore({ clock, catalog: shop })
  const broker = await place.broker.openBroker()
  for (const topic of [COMMANDS, EVENTS]) await broker.ensureTopic(topic, { partitions: 2 })
  const runtime: Runtime = {
    store,
    broker,
    clock,
    ids: newId,
    logger: silentLogger,
    random: Math.random,
    instance: newId(),
  }
  const wire = wiring(broker, store.epoch, definition, options.copies ?? 1)
  const { sessionTimeout } = options
  const session = sessionTimeout === undefined ? {} : { sessionTimeout }
  const saga = sagaComponent(runtime, definition, { topics: [EVENTS], leaseTime: 600, ...session })
  const parts = options.sagasOnly
    ? [saga]
    : [
        relay(runtime, { route: wire.route, leaseTime: 600 }),
        commandConsumer(runtime, {
          service: 'shop',
          topic: COMMANDS,
          aggregates: shopAggregates,
          ...session,
        }),
        saga,
      ]
  if (options.fromStart) {
    const { events } = await store.readAll({ limit: 10_000 })
    for (const { topic, message } of events.flatMap(wire.route)) await broker.publish(topic, [message])
  }
  for (const part of parts) await part.start()

  async function settle(): Promise<void> {
    const until = performance.now() + 60_000
    for (let quiet = 0; quiet < 2; ) {
      assert(performance.now() < until, 'the world does not come to rest')
      const before = await store.commits()
      const idle = (await Promise.all(parts.map((part) => part.idle()))).every(Boolean)
      quiet = idle && (await store.commits()) === before ? quiet + 1 : 0
      await new Promise((resolve) => setTimeout(resolve, idle ? 2 : 5))
    }
  }

  async function pass(milliseconds: number): Promise<void> {
    const until = clock.now() + milliseconds
    for (;;) {
      await settle()
      const dues = await Promise.all(parts.map((part) => part.nextDue()))
      const due = Math.min(...dues.filter((time) => time !== undefined))
      if (due > until) break
      await clock.advance(Math.max(0, due - clock.now()))
    }
    await clock.advance(until - clock.now())
    await settle()
  }

  return {
    clock,
    store,
    saga,
    async execute(command, tenant = '') {
      const aggregate = shopAggregates.find(({ name }) => name === command.aggregate)
      assert(aggregate)
      await execute(store, aggregate, command, { tenant })
    },
    holdBack: wire.holdBack,
    letGo: wire.letGo,
    settle,
    pass,
    async status(key, tenant = '') {
      const { status, steps } = await sagaStatus(store, definition.name, key, { tenant })
      return status === 'running' ? steps.join(', ') : status
    },
    async types(stream, tenant = '') {
      const { events } = await store.read(stream, { tenant })
      return events.map(({ type }) => type)
    },
    async sent() {
      const { events } = await store.readAll({ limit: 10_000 })
      return events.flatMap((event) => commandsIn(event))
    },
    async stop() {
      for (const part of parts) await part.stop()
      await broker.close()
      await store.close()
    },
  }
}

function commandsIn(event: RecordedEvent): readonly Command[] {
  return sagaRoute(event, () => COMMANDS).map(({ message }): Command => JSON.parse(message.value))
}

interface Wiring {
  readonly route: (event: RecordedEvent) => readonly Routed[]
  readonly holdBack: World['holdBack']
  readonly letGo: World['letGo']
}

function wiring(broker: Broker, epoch: string, definition: SagaDefinition, copies: number): Wiring {
  const heard = heardBy(definition)
  let isHeld = (_: RecordedEvent): boolean => false
  const kept = new Map<string, readonly Routed[]>()

  function messagesOf(event: RecordedEvent): readonly Routed[] {
    const commands = sagaRoute(event, () => COMMANDS)
    if (commands.length > 0) return commands
    if (!heard.has(event.type) && event.type !== 'eventwright.CommandHandled') return []
    const message = eventMessage(event, { catalog: shop, source: '/services/shop', epoch })
    return [{ topic: EVENTS, message }]
  }

  return {
    route(event) {
      const routed = messagesOf(event)
      const all = Array.from({ length: copies }, () => routed).flat()
      if (!isHeld(event)) return all
      if (all.length > 0) kept.set(event.id, all)
      return []
    },
    holdBack(held) {
      isHeld = held
    },
    async letGo() {
      isHeld = () => false
      for (const { topic, message } of [...kept.values()].flat()) await broker.publish(topic, [message])
      kept.clear()
    },
  }
}

/** Runs a test in a world, and ends the world. */
export async function inWorld(
  place: SagaPlace,
  definition: SagaDefinition,
  work: (world: World) => Promise<void>,
  options: WorldOptions = {},
): Promise<void> {
  const world = await startWorld(place, definition, options)
  try {
    await work(world)
  } finally {
    await world.stop()
  }
}

/** True for a saga's intent to send this command. */
export function sends(type: string): (event: RecordedEvent) => boolean {
  return (event) => commandsIn(event).some((command) => command.type === type)
}

/** True for what became of a command of this type. */
export function answersTo(type: string): (event: RecordedEvent) => boolean {
  return ({ type: name, data }) =>
    isTechnical(name) && typeof data === 'object' && data !== null && 'type' in data && data.type === type
}

/** Stock that is reserved and not released. */
export async function heldBy(world: World, sku: string): Promise<number> {
  const types = await world.types(`stock-${sku}`)
  const count = (name: string): number => types.filter((type) => type === name).length
  return count('StockReserved') - count('StockReleased')
}

/** Places an order, and settles. */
export async function placeOrder(world: World, id = 'o-1'): Promise<void> {
  await world.execute(order.place(id))
  await world.settle()
}
