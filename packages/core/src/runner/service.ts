import type { AggregateDefinition } from '../aggregate/index.ts'
import type { ConsumerDefinition } from '../delivery/index.ts'
import type { ProjectionDefinition } from '../projection/index.ts'
import type { SagaDefinition } from '../saga/index.ts'

/** Where a service publishes its events, keyed by the aggregate's id. */
export interface ServiceTopic {
  /** Default `SERVICE.events`. */
  readonly name?: string
  /** Default 6. */
  readonly partitions?: number
  /**
   * The event types that the world may hear; default none: events are private, except those that a saga of
   * the app hears.
   */
  readonly publish?: 'all' | readonly string[]
}

/** What a service is made of, as it is defined. */
export type Part = AggregateDefinition | SagaDefinition | ProjectionDefinition | ConsumerDefinition

/** What may stand in `run`: a part, or an aggregate with its command creators. */
export type Runnable = Part | { readonly definition: AggregateDefinition }

/** What is behind something that may stand in `run`. */
export function partOf(item: Runnable): Part {
  return 'definition' in item ? item.definition : item
}

/** What a service runs, and what it tells others. */
export interface ServiceOptions {
  /** Default: none of its events is published. */
  readonly topic?: ServiceTopic
  readonly run?: readonly Runnable[]
  /**
   * True: another process runs it; here it only says where its commands go and its events come from.
   */
  readonly elsewhere?: boolean
}

/** A part of an app with topics of its own: `payments.commands` and `payments.events`. */
export interface Service {
  readonly kind: 'service'
  readonly name: string
  readonly topic: ServiceTopic
  readonly run: readonly Part[]
  readonly elsewhere: boolean
}

/**
 * A service of an app: a module of this process, or with `elsewhere: true` one that another process runs.
 *
 * ```ts
 * run: [Order, service('payments', { run: [Payment], topic: { publish: ['PaymentAuthorized'] } })]
 * ```
 */
export function service(name: string, options: ServiceOptions = {}): Service {
  return {
    kind: 'service',
    name,
    topic: options.topic ?? {},
    run: (options.run ?? []).map(partOf),
    elsewhere: options.elsewhere ?? false,
  }
}
