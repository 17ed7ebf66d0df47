import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Broker, BrokerEngine, Message, Subscription } from '../../broker/index.ts'
import type { Component, Runtime } from '../../delivery/index.ts'
import { type Ids, newId, silentLogger } from '../../event/index.ts'
import type { EventStore, StoreEngine } from '../../store/index.ts'
import { type ManualClock, manualClock } from '../manual-clock.ts'

/** Where one test runs: an empty store and an empty broker. Opening either again gives the same data. */
export interface DeliveryPlace {
  readonly store: StoreEngine
  readonly broker: BrokerEngine
  dispose(): Promise<void>
}

/** One run of the runtime, which can be dropped without being stopped. */
export interface Process {
  readonly runtime: Runtime
  readonly store: EventStore
  readonly broker: Broker
  /** Ends as a process does that is killed: nothing that it was about to do happens any more. */
  kill(): Promise<void>
  /** Its partitions go to others; whatever it still does, it does. */
  lose(): Promise<void>
  /** Its leases run out, and it does not know. */
  freezeLeases(): void
  /** What its units of work were refused with. */
  readonly refused: readonly unknown[]
  /** Killed as soon as the unit of work that now runs has committed: before anything is acknowledged. */
  killAfterCommit(): void
  start(component: Component): Promise<Component>
}

/** What a test does to a process. */
export interface ProcessHooks {
  /** Before messages are published; a throw fails the send. */
  readonly publish?: (messages: readonly Message[]) => Promise<void> | void
  /** When they are durable and the sender does not know yet. */
  readonly published?: (messages: readonly Message[]) => Promise<void> | void
  /** When a unit of work has run and is about to be committed; a throw fails it. */
  readonly unit?: () => Promise<void> | void
  readonly instance?: string
}

export interface World {
  readonly clock: ManualClock
  readonly ids: Ids
  open(hooks?: ProcessHooks): Promise<Process>
  close(): Promise<void>
}

export type DeliveryPromise = (world: World) => Promise<void>
export type DeliveryPromises = { readonly [name: string]: DeliveryPromise }

const never = new Promise<never>(() => {})

export async function openWorld(place: DeliveryPlace): Promise<World> {
  const clock = manualClock()
  const stores = await place.store.openStore({ clock })
  const brokers = await place.broker.openBroker()
  const processes: { end(): Promise<void> }[] = []

  async function open(hooks: ProcessHooks = {}): Promise<Process> {
    let dead = false
    let dieAfterCommit = false
    let frozen = false
    const subscriptions: Subscription[] = []
    const components: Component[] = []
    const refused: unknown[] = []
    const living = <Result>(result: Result): Result | Promise<never> => (dead ? never : result)

    async function kill(): Promise<void> {
      dead = true
      // What a session time-out does, without the wait.
      await Promise.all(subscriptions.map((subscription) => subscription.stop(0)))
    }

    const store: EventStore = {
      ...stores,
      get epoch() {
        return stores.epoch
      },
      leases: {
        acquire: async (...args) => (dead ? never : stores.leases.acquire(...args)),
        renew: async (...args) => (dead || frozen ? never : stores.leases.renew(...args)),
        release: async (...args) => (dead ? never : stores.leases.release(...args)),
      },
      async transaction(work, options) {
        if (dead) return never
        const result = await stores
          .transaction(async (tx) => {
            const given = await work(tx)
            await hooks.unit?.()
            return living(given)
          }, options)
          .catch((error: unknown) => {
            refused.push(error)
            throw error
          })
        if (dieAfterCommit) {
          dieAfterCommit = false
          await kill()
        }
        return living(result)
      },
    }
    const broker: Broker = {
      ...brokers,
      async publish(topic, messages) {
        if (dead) return never
        await hooks.publish?.(messages)
        await brokers.publish(topic, messages)
        await hooks.published?.(messages)
        return living(undefined)
      },
      async subscribe(options, handler) {
        const subscription = await brokers.subscribe(options, async (messages, delivery) =>
          dead
            ? never
            : handler(messages, {
                ...delivery,
                ack: (message) => (dead ? undefined : delivery.ack(message)),
              }),
        )
        subscriptions.push(subscription)
        return subscription
      },
    }
    const runtime: Runtime = {
      store,
      broker,
      clock,
      ids: newId,
      logger: silentLogger,
      random: () => 0.5,
      instance: hooks.instance ?? newId(),
    }
    processes.push({
      async end() {
        if (dead) return
        await Promise.all(components.map((component) => component.stop()))
      },
    })
    return {
      runtime,
      store,
      broker,
      kill,
      lose: async () => {
        await Promise.all(subscriptions.map((subscription) => subscription.stop(0)))
      },
      refused,
      freezeLeases() {
        frozen = true
      },
      killAfterCommit() {
        dieAfterCommit = true
      },
      async start(component) {
        components.push(component)
        await component.start()
        return component
      },
    }
  }

  return {
    clock,
    ids: newId,
    open,
    async close() {
      for (const process of processes) await process.end()
      await brokers.close()
      await stores.close()
    },
  }
}

/** Waits until it holds; fails with what `check` says after a minute, which only a hang takes. */
export async function eventually(check: () => void | Promise<void>, milliseconds = 60_000): Promise<void> {
  const until = performance.now() + milliseconds
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (performance.now() > until) throw error
    }
    await sleep(5)
  }
}

/** Waits until a component says twice that it has nothing to do. */
export async function idle(...components: readonly Component[]): Promise<void> {
  await eventually(async () => {
    for (const component of [...components, ...components])
      assert.ok(
        await component.idle(),
        `${component.name} is not idle: ${JSON.stringify(await component.health())}`,
      )
  })
}
