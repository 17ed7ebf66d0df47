import { COMMAND_HANDLED } from '../aggregate/index.ts'
import {
  type BreakerOptions,
  type Component,
  type ComponentHealth,
  type ComponentWork,
  type Delivered,
  eventParser,
  messageConsumer,
  type RetryOptions,
  type Runtime,
} from '../delivery/index.ts'
import type { RecordedEvent } from '../event/index.ts'
import type { Ahead, StoredTimer, Tx } from '../store/index.ts'
import type { SagaDefinition } from './definition.ts'
import { dropEarly, earlyDocument } from './early.ts'
import { sagaOwner, sagaStream } from './names.ts'
import { heardBy, leadsToNothing, routesOf } from './routing.ts'
import { sagaStates } from './states.ts'
import { tallyOf } from './tally.ts'
import { tell } from './tell.ts'
import { type TimerWork, timerLoop } from './timer-loop.ts'
import { checkSaga } from './tree.ts'

export interface SagaSettings {
  /** Event topics of the services whose events it hears or commands it sends. */
  readonly topics: readonly string[]
  readonly retry?: RetryOptions
  readonly breaker?: BreakerOptions
  /** Most messages of one partition in one unit of work. */
  readonly batch?: number
  /** Milliseconds after which a dead member's partitions are taken over. */
  readonly sessionTimeout?: number
  /** Milliseconds on the real clock after which another process takes over the timers of a dead one; default 10 000. */
  readonly leaseTime?: number
}

/**
 * Keeps the sagas of a definition going: the consumer group `saga:NAME` tells them events, a timer part what
 * is due. What a saga records, its commands included, commits with the message or the timer that led to it.
 * @throws InvalidSaga
 */
export function sagaComponent(
  runtime: Runtime,
  definition: SagaDefinition,
  { topics, leaseTime = 10_000, ...settings }: SagaSettings,
): Component {
  checkSaga(definition)
  const { store, logger, telemetry } = runtime
  const { name } = definition
  const owner = sagaOwner(name)
  const heard = heardBy(definition)
  const states = sagaStates()
  const host = { definition, logger, telemetry, states }
  const tenants = new Set([''])

  async function handle({ value, tenant }: Delivered<RecordedEvent>, tx: Tx): Promise<void> {
    tenants.add(tenant)
    for (const { key, input } of routesOf(definition, heard, value)) await tell(host, tx, key, input)
  }

  function ahead(event: RecordedEvent, tx: Tx): Ahead {
    const keys = routesOf(definition, heard, event).map(({ key }) => key)
    return {
      streams: keys.map((key) => states.ahead(tx, sagaStream(name, key))),
      documents: event.type === definition.start ? keys.map((key) => earlyDocument(definition, key)) : [],
    }
  }

  async function fire(tx: Tx, { id, data }: StoredTimer): Promise<void> {
    const { key, early } = timerData(data)
    if (!early) return tell(host, tx, key, { kind: 'timer', id })
    const dropped = await dropEarly(tx, definition, key)
    logger.warn({ saga: name, key, dropped }, 'awaited events were dropped: no saga of their key was started')
  }

  const consumer = messageConsumer<RecordedEvent>(runtime, {
    ...settings,
    group: owner,
    topics,
    leaseTime,
    parse: eventParser({
      catalog: definition.catalog,
      types: new Set([...heard, COMMAND_HANDLED]),
      leadsToNothing: (event) => leadsToNothing(definition, event),
    }),
    ahead,
    handle,
  })
  const timers = timerLoop(runtime, owner, leaseTime, {
    handle: fire,
    laneOf: ({ tenant, data }) => JSON.stringify([tenant, timerData(data).key]),
  })

  async function nextDue(): Promise<number | undefined> {
    const dues = [await consumer.nextDue(), await timers.nextDue()].filter((due) => due !== undefined)
    return dues.length === 0 ? undefined : Math.min(...dues)
  }

  async function health(): Promise<ComponentHealth> {
    const health = await consumer.health()
    const waiting = await store.timers({ owner })
    for (const { tenant } of waiting) tenants.add(tenant)
    const { open, ...tally } = await tallyOf(store, name, tenants)
    const stuck = waiting.flatMap(({ tenant, data }) => {
      const timer = timerData(data)
      return timer.stuck ? [{ tenant, key: timer.key }] : []
    })
    const error = health.error ?? timers.error()
    return {
      ...health,
      ...(error === undefined ? {} : { error }),
      ...(health.work && { work: withTimers(health.work, timers.work()) }),
      detail: { ...health.detail, ...tally, openSagas: open, stuck: stuck.length, stuckSagas: stuck },
    }
  }

  return {
    name: owner,
    async start() {
      await consumer.start()
      timers.start()
    },
    async stop(milliseconds) {
      await Promise.all([consumer.stop(milliseconds), timers.stop(milliseconds)])
    },
    idle: async (look) => (await consumer.idle(look)) && (await timers.idle()),
    nextDue,
    health,
  }
}

function withTimers(work: ComponentWork, timers: TimerWork): ComponentWork {
  const { fired, retries, leaseHeld } = timers
  return { ...work, handled: work.handled + fired, retries: work.retries + retries, leaseHeld }
}

interface TimerData {
  readonly key: string
  readonly early: boolean
  readonly stuck: boolean
}

function timerData(data: StoredTimer['data']): TimerData {
  if (typeof data !== 'object' || data === null || !('key' in data)) {
    throw new TypeError('a timer of a saga names its key')
  }
  const { key, early, stuck } = data
  return { key: String(key), early: early === true, stuck: stuck === true }
}
