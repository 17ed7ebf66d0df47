import type { Command } from '../aggregate/index.ts'
import type { Catalog } from '../catalog/index.ts'
import type { RecordedEvent } from '../event/index.ts'

/** Why a saga compensates. */
export interface Failure {
  readonly step: string
  /** The type of the failing event, if an event failed it. */
  readonly event?: string
  /** The refusal's name, `NothingHappened`, `TimedOut` or `Cancelled`. */
  readonly refusal?: string
  /** The failing event's data. */
  readonly data?: unknown
}

/** What a step's functions see. Pure: no I/O, no clock but `now`. */
export interface SagaContext {
  /** The saga's key. */
  readonly key: string
  /** The event that started it. */
  readonly start: RecordedEvent
  /** The answers so far, by step name (inside a loop: of this round). */
  readonly answers: { readonly [step: string]: RecordedEvent | undefined }
  /** In a loop: the item of this round, and its place in the list, from 0. */
  readonly item?: unknown
  readonly index?: number
  readonly failure?: Failure
  readonly now: number
}

/** One command out and one answer back; without `send` it waits for `done`. */
export interface StepNode {
  readonly kind: 'step'
  /** Unique among its siblings; of a parallel's branches all nodes are siblings. */
  readonly name: string
  readonly send?: (context: SagaContext) => Command
  /** Event types that complete it. */
  readonly done: readonly string[]
  /** Event types that fail it; a refusal of the command fails it too. */
  readonly failed: readonly string[]
  readonly timeout?: {
    /** Milliseconds. */
    readonly after: number
    /** A command goes to the step's stream, and the step goes on waiting. */
    readonly then: 'compensate' | 'continue' | ((context: SagaContext) => Command)
  }
  /** Goes to the stream of the forward command. */
  readonly undo?: (context: SagaContext) => Command
  /**
   * Sends the same command again: under the same id after a time-out, under the next ordinal after a
   * recorded refusal. `backoff` is the first pause after a refusal, in milliseconds; it doubles up to a minute.
   */
  readonly retry?: { readonly times: number | 'forever'; readonly backoff: number }
}

export interface ParallelNode {
  readonly kind: 'parallel'
  readonly name: string
  readonly branches: readonly (readonly SagaNode[])[]
}

/** A loop over a list that the context gives once, when the loop is reached. */
export interface EachNode {
  readonly kind: 'each'
  readonly name: string
  readonly items: (context: SagaContext) => readonly unknown[]
  readonly body: readonly SagaNode[]
}

export interface WaitNode {
  readonly kind: 'wait'
  readonly name: string
  readonly milliseconds: number
}

export type SagaNode = StepNode | ParallelNode | EachNode | WaitNode

/** A process manager: its state is the stream `saga:NAME-KEY`. */
export interface SagaDefinition {
  readonly kind: 'saga'
  readonly name: string
  /** Recorded at the start; a process that meets a newer one waits. Default 1. */
  readonly version: number
  readonly catalog: Catalog
  readonly start: string
  /** The saga's key in an event; default the id part of the event's stream. `undefined`: not for this saga. */
  readonly key: (event: RecordedEvent) => string | undefined
  readonly nodes: readonly SagaNode[]
  /** Events that fail it from outside. */
  readonly cancel: readonly string[]
  readonly completed?: (context: SagaContext) => Command
  readonly compensated?: (context: SagaContext) => Command
  /** Milliseconds that an awaited event which came before its start is kept; default one day. */
  readonly keepEarly?: number
  /** Refusals of a compensation after which the saga is `stuck`; default 10. Tries go on. */
  readonly stuckAfter?: number
}
