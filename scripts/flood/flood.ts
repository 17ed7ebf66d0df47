import { setTimeout as sleep } from 'node:timers/promises'
import {
  type App,
  type Broker,
  type BrokerEngine,
  catalog,
  eventwright,
  type Message,
  type StoreEngine,
} from '@eventwright/core'
import { deliveries, type FloodShape, NOTHING, plus, type Sum } from './inputs.ts'
import { messageOf, NAMESPACE, TYPE } from './message.ts'

export interface FloodOptions extends FloodShape {
  readonly store: StoreEngine
  readonly broker: BrokerEngine
  readonly partitions: number
  /** Names the topic, the consumer group and the documents: each run has its own. */
  readonly run: string
  readonly onProgress?: (line: string) => void
}

/** What a flood came to. */
export interface Flood {
  /** With those that came twice. */
  readonly published: number
  readonly publishSeconds: number
  readonly consumeSeconds: number
  /** What is not as it should be; nothing when effects equal inputs. */
  readonly wrong: readonly string[]
}

const BATCH = 500
const LOOK_EVERY = 20
const TELL_EVERY = 5000

/** Publishes all, then lets a consumer count, and compares what it counted with what happened. */
export async function flood(options: FloodOptions): Promise<Flood> {
  const sums = new Map<string, Sum>()
  const published = await publishAll(options, sums)
  const { run, store, broker } = options
  const begun = performance.now()
  await using app = await eventwright({ store, broker, name: 'counting', run: [counterOf(run)] })
  await consumed(app, options)
  const consumeSeconds = (performance.now() - begun) / 1000
  return { ...published, consumeSeconds, wrong: await wrongOf(app, run, sums) }
}

type Published = Pick<Flood, 'published' | 'publishSeconds'>

async function publishAll(options: FloodOptions, sums: Map<string, Sum>): Promise<Published> {
  const { run, partitions, onProgress } = options
  const broker = await options.broker.openBroker()
  try {
    await broker.ensureTopic(topicOf(run), { partitions })
    const begun = performance.now()
    let told = begun
    let published = 0
    for (const batch of batches(options, sums)) {
      await broker.publish(topicOf(run), batch)
      published += batch.length
      if (performance.now() - told < TELL_EVERY) continue
      told = performance.now()
      onProgress?.(`published ${published}`)
    }
    return { published, publishSeconds: (performance.now() - begun) / 1000 }
  } finally {
    await broker.close()
  }
}

function* batches(options: FloodOptions, sums: Map<string, Sum>): Generator<readonly Message[]> {
  let batch: Message[] = []
  for (const input of deliveries(options, sums)) {
    batch.push(messageOf(input, options.run))
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

function counterOf(run: string) {
  const counters = catalog<{ [TYPE]: { readonly key: string; readonly amount: number } }>({
    namespace: NAMESPACE,
  })
  return counters.consumer(run, {
    topics: [topicOf(run)],
    on: {
      [TYPE]: (event, tx) =>
        tx.documents<Sum>(run).update(event.data.key, (sum) => plus(sum ?? NOTHING, event.data)),
    },
  })
}

async function consumed({ broker }: { readonly broker: Broker }, options: FloodOptions): Promise<void> {
  let told = performance.now()
  for (;;) {
    const lag = await broker.groupLag(options.run)
    if (lag === 0) return
    if (performance.now() - told > TELL_EVERY) {
      told = performance.now()
      options.onProgress?.(`${lag} messages left`)
    }
    await sleep(LOOK_EVERY)
  }
}

async function wrongOf(app: App, run: string, sums: ReadonlyMap<string, Sum>): Promise<readonly string[]> {
  const counted = new Map((await app.documents<Sum>(run).list()).map(({ id, value }) => [id, value]))
  const keys = new Set([...sums.keys(), ...counted.keys()])
  const { components } = await app.health()
  return [
    ...[...keys].flatMap((key) => differenceOf(key, sums.get(key) ?? NOTHING, counted.get(key) ?? NOTHING)),
    ...components.filter(({ state }) => state !== 'running').map(({ name, state }) => `${name} is ${state}`),
  ]
}

function differenceOf(key: string, happened: Sum, counted: Sum): readonly string[] {
  if (counted.count === happened.count && counted.amount === happened.amount) return []
  return [
    `${key} happened ${happened.count} times (${happened.amount}), was counted ${counted.count} times (${counted.amount})`,
  ]
}

function topicOf(run: string): string {
  return `${run}.events`
}
