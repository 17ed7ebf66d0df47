import type { Broker, Subscription } from '../broker/index.ts'
import { within } from '../delivery/index.ts'
import type { EventStore } from '../store/index.ts'

/** A store and a broker as one runtime sees them, until it is cut off from both. */
export interface CutOff {
  readonly store: EventStore
  readonly broker: Broker
  /** From now on no call is made and no answer comes: as seen from outside, the process is dead. */
  cut(): Promise<void>
}

/** Milliseconds for subscriptions that are being made. */
const PATIENCE = 1000

/** Puts a switch between a runtime and its engines, so that a crash can be played within a process. */
export function cutOff(store: EventStore, broker: Broker): CutOff {
  const dead = new Promise<never>(() => {})
  const subscribing = new Set<Promise<Subscription>>()
  let isCut = false

  /** The call's answer, unless it would come after the end. */
  async function alive<Result>(call: () => Promise<Result>): Promise<Result> {
    if (isCut) return dead
    const settled = await call().then(
      (result) => () => result,
      (error: unknown) => () => {
        throw error
      },
    )
    return isCut ? dead : settled()
  }

  const cutStore: EventStore = {
    ...store,
    append: (...given) => alive(() => store.append(...given)),
    read: (...given) => alive(() => store.read(...given)),
    readAll: (...given) => alive(() => store.readAll(...given)),
    head: () => alive(() => store.head()),
    // What has not come to its commit by then never does.
    transaction: (work, options) =>
      alive(() => store.transaction((tx) => alive(async () => work(tx)), options)),
    documents<Value>(collection: string, options?: { readonly tenant?: string }) {
      const documents = store.documents<Value>(collection, options)
      return {
        get: (id) => alive(() => documents.get(id)),
        list: (listing) => alive(() => documents.list(listing)),
      }
    },
    checkpoint: (...given) => alive(() => store.checkpoint(...given)),
    view: (query) => alive(() => store.view(query)),
    timers: (query) => alive(() => store.timers(query)),
    leases: {
      acquire: (...given) => alive(() => store.leases.acquire(...given)),
      renew: (...given) => alive(() => store.leases.renew(...given)),
      release: (lease) => alive(() => store.leases.release(lease)),
    },
    commits: () => alive(() => store.commits()),
    onCommit: (listener) => (isCut ? () => {} : store.onCommit((news) => isCut || listener(news))),
  }

  const cutBroker: Broker = {
    ...broker,
    ensureTopic: (...given) => alive(() => broker.ensureTopic(...given)),
    topics: () => alive(() => broker.topics()),
    latest: (...given) => alive(() => broker.latest(...given)),
    publish: (...given) => alive(() => broker.publish(...given)),
    async subscribe(options, handler) {
      if (isCut) return dead
      const subscribed = broker.subscribe(options, (messages, delivery) =>
        alive(async () =>
          handler(messages, {
            ...delivery,
            ack(message) {
              if (!isCut) delivery.ack(message)
            },
          }),
        ),
      )
      subscribing.add(subscribed)
      const subscription = await alive(() => subscribed)
      return {
        ...subscription,
        async stop(milliseconds) {
          if (isCut) return dead
          subscribing.delete(subscribed)
          await subscription.stop(milliseconds)
        },
        lag: () => alive(() => subscription.lag()),
      }
    },
  }

  return {
    store: cutStore,
    broker: cutBroker,
    async cut() {
      isCut = true
      const stopped = [...subscribing].map(async (subscribed) => {
        const subscription = await subscribed.catch(() => undefined)
        await subscription?.stop(0)
      })
      // One that hangs is stopped when it answers.
      await within(PATIENCE, Promise.all(stopped))
      await broker.close()
      await store.close()
    },
  }
}
