import type { Command } from '../aggregate/index.ts'
import type { EventMap, RecordedEvent, RecordedEventOf } from '../event/index.ts'
import type { Failure } from './definition.ts'
import type { Duration } from './duration.ts'

type NameOf<Map extends EventMap> = keyof Map & string

/** One name or several. */
export type Names<Map extends EventMap> = NameOf<Map> | readonly NameOf<Map>[]

/** What the functions of a saga see. They are pure: no I/O, no clock but `now`. */
export interface SagaScope<Map extends EventMap, Start extends NameOf<Map>, Item = undefined> {
  /** The saga's key. */
  readonly key: string
  /** The payload of the event that started it. */
  readonly data: Map[Start]
  readonly start: RecordedEvent<Start, Map[Start]>
  /** Answers so far by step name; tell them apart by `type`. Inside a loop: those of this round and around it. */
  readonly answers: { readonly [step: string]: RecordedEventOf<Map> | undefined }
  /** The last answer of a type, typed by it: `o.answer('PaymentAuthorized')?.data`. */
  answer<Type extends NameOf<Map>>(type: Type): RecordedEvent<Type, Map[Type]> | undefined
  /** In a loop: the item of this round, and its place in the list, from 0. */
  readonly item: Item
  readonly index: number
  /** Why the saga compensates; absent before. */
  readonly failure?: Failure
  /** Milliseconds since 1970 on the app's clock. */
  readonly now: number
}

type Send<Map extends EventMap, Start extends NameOf<Map>, Item> = (o: SagaScope<Map, Start, Item>) => Command

/** One command out and one answer back; without `do` it waits for `done`. */
export interface StepOptions<Map extends EventMap, Start extends NameOf<Map>, Item = undefined> {
  /** The command to send. */
  readonly do?: Send<Map, Start, Item>
  /** The compensation: goes to the stream that `do` went to. */
  readonly undo?: Send<Map, Start, Item>
  /** Events that complete the step. */
  readonly done: Names<Map>
  /** Events that fail it. A refusal of the command fails it too. */
  readonly failed?: Names<Map>
  /**
   * How long to wait for the answer. Then (default) the saga compensates, this step included, since nobody
   * knows whether it happened; or it goes on; or a command goes to the step's stream and it waits on.
   */
  readonly timeout?:
    | Duration
    | {
        readonly after: Duration
        readonly then?: 'compensate' | 'continue' | Send<Map, Start, Item>
      }
  /** Tries again after a time-out or a refusal: so many times, or for ever. `backoff` (default 1s) doubles up to a minute. */
  readonly retry?: 'forever' | { readonly times: number | 'forever'; readonly backoff?: Duration }
}

/** Steps by name, in order. */
export interface StepsOptions<Map extends EventMap, Start extends NameOf<Map>, Item = undefined> {
  readonly [name: string]: StepOptions<Map, Start, Item> | GroupOptions<Map, Start, Item>
}

/** What `parallel`, `sequence`, `each` and `wait` give. */
export interface GroupOptions<Map extends EventMap, Start extends NameOf<Map>, Item = undefined> {
  readonly group: 'parallel' | 'sequence' | 'each' | 'wait'
  readonly steps?: StepsOptions<Map, Start, Item>
  readonly items?: (o: SagaScope<Map, Start, Item>) => readonly unknown[]
  /** Steps of each round; their `item` is of the list's own type, which this type does not carry. */
  readonly body?: StepsOptions<Map, Start, never>
  readonly milliseconds?: number
}

/** Where the saga's key stands: the field of this name in every event, a field by event type, or a function. */
export type KeyOptions<Map extends EventMap> =
  | string
  | { readonly [Type in NameOf<Map>]?: keyof Map[Type] & string }
  | ((event: RecordedEventOf<Map>) => string | undefined)

export interface SagaOptions<Map extends EventMap, Start extends NameOf<Map>> {
  readonly steps: StepsOptions<Map, Start>
  /** Default: the id part of the event's stream. Events that a field map leaves out keep the default. */
  readonly key?: KeyOptions<Map>
  /** Events that fail the saga from outside: what is done or pending is compensated. */
  readonly cancel?: Names<Map>
  /** Sent when all steps are done; the saga ends when it has been handled. */
  readonly completed?: Send<Map, Start, undefined>
  /** Sent when all is compensated; the saga ends when it has been handled. */
  readonly compensated?: Send<Map, Start, undefined>
  /** Raise it when the steps change; default 1. A process with a lower one leaves newer sagas alone. */
  readonly version?: number
  /** How long an awaited event that came before its start is kept; default 1d. */
  readonly keepEarly?: Duration
  /** Refusals of a compensation after which `health()` calls the saga stuck; default 10. */
  readonly stuckAfter?: number
}
