import type { Subscription } from '../broker/index.ts'
import { LogBehind } from '../store/index.ts'
import { quietOf } from './alone.ts'
import { RETRY_DEFAULTS } from './backoff.ts'
import { breaker as makeBreaker } from './breaker.ts'
import { type Component, type ComponentHealth, DRAIN, type Runtime } from './component.ts'
import { countDeadLetters } from './dead-letters.ts'
import { epochsOf } from './epochs.ts'
import { reasonOf } from './errors.ts'
import type { PartitionHost } from './host.ts'
import { refuseLogBehind } from './log-behind.ts'
import { type Look, lookAt } from './look.ts'
import { parkedOf } from './marked.ts'
import type { ConsumerOptions } from './message.ts'
import { Partition } from './partition.ts'
import { processSpans } from './process-spans.ts'
import { redriver as makeRedriver } from './redriver.ts'
import { tenantsOf } from './tenants.ts'
import { within } from './within.ts'

/**
 * Takes messages from topics exactly once in effect: each is accepted and handled in one unit of work,
 * tried again with back-off while other keys go on, and parked with its key when that does not help.
 */
export function messageConsumer<Value>(runtime: Runtime, options: ConsumerOptions<Value>): Component {
  const { store, broker, clock } = runtime
  const retry = { ...RETRY_DEFAULTS, ...options.retry }
  const breaker = makeBreaker(clock, options.breaker)
  const quiet = quietOf(store)
  const partitions = new Map<string, Partition<Value>>()
  let subscription: Subscription | undefined
  let fault: Error | undefined
  let trouble: unknown
  let cancelTrial: () => void = () => {}

  const host: PartitionHost<Value> = {
    runtime,
    options,
    retry,
    breaker,
    quiet,
    epochs: epochsOf(store, options.group),
    tenants: tenantsOf(store),
    spans: processSpans(runtime, options.group),
    counts: { handled: 0, retries: 0, parked: 0 },
    fault(error) {
      fault = error
      runtime.logger.error({ group: options.group, err: error }, 'the consumer stopped')
      subscription?.pause()
      for (const partition of partitions.values()) partition.close()
    },
    troubled(error) {
      trouble = error
    },
    judged() {
      cancelTrial()
      const until = breaker.opensUntil()
      if (until !== undefined && until > clock.now()) {
        subscription?.pause()
        cancelTrial = clock.at(until, () => host.judged())
        return
      }
      subscription?.resume()
      for (const partition of partitions.values()) partition.wake()
    },
  }
  const redriver = makeRedriver({
    runtime,
    options,
    quiet,
    crashes: retry.crashes,
    spans: host.spans,
    counts: host.counts,
    troubled: host.troubled,
  })

  async function start(): Promise<void> {
    if (subscription) return
    fault = undefined
    if (await isLogBehind()) return
    const { group, topics, batch, maxInFlight, sessionTimeout } = options
    subscription = await broker.subscribe(
      {
        group,
        topics,
        ...(batch === undefined ? {} : { batch }),
        ...(maxInFlight === undefined ? {} : { maxInFlight }),
        ...(sessionTimeout === undefined ? {} : { sessionTimeout }),
      },
      async (messages, delivery) => {
        if (fault) return
        const id = `${delivery.partition}/${delivery.topic}`
        const owned = partitions.get(id)
        if (owned?.token === delivery.token) return owned.take(messages, delivery)
        owned?.close()
        const partition = new Partition(host, delivery)
        partitions.set(id, partition)
        partition.take(messages, delivery)
        partition.start(owned?.ended)
      },
    )
    redriver.start()
  }

  async function isLogBehind(): Promise<boolean> {
    try {
      await refuseLogBehind(store, broker)
      return false
    } catch (error) {
      if (!(error instanceof LogBehind)) throw error
      host.fault(error)
      return true
    }
  }

  async function stop(milliseconds: number = DRAIN): Promise<void> {
    cancelTrial()
    const running = [...partitions.values()]
    subscription?.pause()
    for (const partition of running) partition.close()
    await within(milliseconds, Promise.all([redriver.stop(), ...running.map(({ ended }) => ended)]))
    // Before the partitions are given up: their next owner must not take what was cut short for a suspect.
    await Promise.all(running.map((partition) => partition.interrupt()))
    await subscription?.stop(0)
    subscription = undefined
    partitions.clear()
  }

  function waiting(): number {
    return [...partitions.values()].reduce((sum, partition) => sum + partition.waiting(), 0)
  }

  function inFlight(): number {
    return [...partitions.values()].reduce((sum, partition) => sum + partition.inFlight, 0)
  }

  async function idle(look: Look = lookAt(store)): Promise<boolean> {
    if (!subscription || fault) return true
    if (breaker.state() === 'open') {
      // What ran beside the one that opened it may be parked a little later.
      if ([...partitions.values()].some(({ isRunning }) => isRunning)) return false
    } else {
      const before = waiting()
      if ((await subscription.lag()) !== before || waiting() !== before) return false
    }
    return (await look.redrives(options.group)) === 0
  }

  async function nextDue(): Promise<number | undefined> {
    const dues = [...partitions.values()].flatMap((partition) => partition.nextDue() ?? [])
    if (breaker.state() === 'open') return breaker.opensUntil()
    return dues.length === 0 ? undefined : Math.min(...dues)
  }

  function state(): ComponentHealth['state'] {
    if (fault) return 'faulted'
    if (!subscription) return 'stopped'
    return breaker.state() === 'open' ? 'open' : 'running'
  }

  async function health(): Promise<ComponentHealth> {
    const newer = [...partitions.values()].reduce((sum, partition) => sum + partition.newer(), 0)
    const parked = await parkedOf(store, options.group)
    const letters =
      parked.keys === 0 ? 0 : (await countDeadLetters(store, { consumer: options.group })).letters
    const error = fault ?? trouble
    return {
      name: options.group,
      state: state(),
      lag: subscription ? await subscription.lag() : 0,
      ...(error === undefined ? {} : { error: reasonOf(error).message }),
      work: { inFlight: inFlight(), ...host.counts },
      detail: {
        parkedKeys: parked.keys,
        deadLetters: letters,
        redrives: parked.redrives,
        waiting: waiting(),
        newer,
      },
    }
  }

  return { name: options.group, start, stop, idle, nextDue, health }
}
