import type {
  Catalog,
  Command,
  RecordedEvent,
  SagaContext,
  SagaDefinition,
  SagaNode,
  StepNode,
} from '@eventwright/core'
import {
  applyMapping,
  type Flow,
  type Json,
  type NamedEvent,
  type SagaNode as Node,
  type Saga,
  type Scope,
  type Send,
  type Step,
  sourceValue,
  type Timeout,
} from '../model/index.ts'
import { type OnFault, reporting } from './faults.ts'
import { asJson, asObject } from './plain.ts'

/** What a saga is compiled with. */
export interface SagaParts {
  readonly flow: Flow
  readonly catalog: Catalog
  readonly onFault: OnFault
}

/** A saga of the flow as the runtime's own saga. */
export function compileSaga(saga: Saga, parts: SagaParts): SagaDefinition {
  return {
    kind: 'saga',
    name: saga.name,
    version: 1,
    catalog: parts.catalog,
    start: saga.start,
    key: (event) => keyOf(saga, event),
    nodes: nodes(saga.nodes, parts, new Names()),
    cancel: names(saga.cancel),
    completed: saga.completed && sender(saga.completed, parts),
    compensated: saga.compensated && sender(saga.compensated, parts),
  }
}

function keyOf(saga: Saga, event: RecordedEvent): string | undefined {
  const field = saga.key.fields.get(event.type)
  const value = field === undefined ? undefined : asObject(event.data)[field]
  return value === undefined || value === null ? undefined : String(value)
}

/** Loops and parallels have no name in the file: they get one by their order. */
class Names {
  readonly #counts = new Map<string, number>()

  next(kind: string): string {
    const count = (this.#counts.get(kind) ?? 0) + 1
    this.#counts.set(kind, count)
    return `${kind}-${count}`
  }
}

function nodes(list: readonly Node[], parts: SagaParts, named: Names): readonly SagaNode[] {
  return list.map((node) => compileNode(node, parts, named))
}

function compileNode(node: Node, parts: SagaParts, named: Names): SagaNode {
  switch (node.kind) {
    case 'step':
      return compileStep(node, parts)
    case 'wait':
      return { kind: 'wait', name: node.name, milliseconds: node.ms }
    case 'parallel': {
      const branches = node.nodes.map((branch) => nodes([branch], parts, named))
      return { kind: 'parallel', name: named.next('parallel'), branches }
    }
    case 'each': {
      const items = reporting(parts.onFault, tenantOf, (context: SagaContext): readonly unknown[] => {
        const list = node.list.evaluate(scopeOf(context))
        return Array.isArray(list) ? list : []
      })
      return { kind: 'each', name: named.next('each'), items, body: nodes(node.nodes, parts, named) }
    }
  }
}

function compileStep(step: Step, parts: SagaParts): SagaNode {
  const { send, compensate, timeout, retry } = step
  return {
    kind: 'step',
    name: step.name,
    send: send && sender(send, parts),
    done: names(step.done),
    failed: names(step.fail),
    undo: compensate === undefined || compensate === 'none' ? undefined : sender(compensate, parts),
    timeout: timeout && compileTimeout(timeout, parts),
    retry: retry && { times: retry.times, backoff: retry.backoffMs },
  }
}

// The word is the one that a reader of a saga expects; the object is never awaited.
function compileTimeout({ ms, then }: Timeout, parts: SagaParts): StepNode['timeout'] {
  return { after: ms, then: typeof then === 'object' ? sender(then, parts) : then }
}

function names(events: readonly NamedEvent[]): readonly string[] {
  return events.map(({ event }) => event)
}

function sender(send: Send, { flow, onFault }: SagaParts): (context: SagaContext) => Command {
  const aggregate = flow.commands.get(send.command)?.aggregate ?? ''
  return reporting(onFault, tenantOf, (context) => {
    const scope = scopeOf(context)
    const id = String(sourceValue(send.id, scope) ?? '')
    return { type: send.command, aggregate, id, data: applyMapping(send.data, scope) }
  })
}

function tenantOf({ start }: SagaContext): string {
  return start.tenant
}

function scopeOf(context: SagaContext): Scope {
  const answers = Object.entries(context.answers).flatMap(([step, answer]): [string, Json][] =>
    answer ? [[step, asObject(answer.data)]] : [],
  )
  return {
    ...Object.fromEntries(answers),
    start: asObject(context.start.data),
    ...(context.index === undefined ? {} : { item: asJson(context.item), index: context.index }),
    ...(context.failure ? { failure: asObject(context.failure) } : {}),
  }
}
