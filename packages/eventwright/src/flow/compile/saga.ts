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
import { asJson, asObject } from './plain.ts'

/** A saga of the flow as the runtime's own saga. */
export function compileSaga(saga: Saga, flow: Flow, catalog: Catalog): SagaDefinition {
  const send = (what: Send | undefined) => what && ((context: SagaContext) => command(what, flow, context))
  return {
    kind: 'saga',
    name: saga.name,
    version: 1,
    catalog,
    start: saga.start,
    key: (event) => keyOf(saga, event),
    nodes: nodes(saga.nodes, flow, new Names()),
    cancel: names(saga.cancel),
    completed: send(saga.completed),
    compensated: send(saga.compensated),
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

function nodes(list: readonly Node[], flow: Flow, named: Names): readonly SagaNode[] {
  return list.map((node) => compileNode(node, flow, named))
}

function compileNode(node: Node, flow: Flow, named: Names): SagaNode {
  switch (node.kind) {
    case 'step':
      return compileStep(node, flow)
    case 'wait':
      return { kind: 'wait', name: node.name, milliseconds: node.ms }
    case 'parallel': {
      const branches = node.nodes.map((branch) => nodes([branch], flow, named))
      return { kind: 'parallel', name: named.next('parallel'), branches }
    }
    case 'each': {
      const items = (context: SagaContext): readonly unknown[] => {
        const list = node.list.evaluate(scopeOf(context))
        return Array.isArray(list) ? list : []
      }
      return { kind: 'each', name: named.next('each'), items, body: nodes(node.nodes, flow, named) }
    }
  }
}

function compileStep(step: Step, flow: Flow): SagaNode {
  const { send, compensate, timeout, retry } = step
  return {
    kind: 'step',
    name: step.name,
    send: send && ((context) => command(send, flow, context)),
    done: names(step.done),
    failed: names(step.fail),
    undo:
      compensate === undefined || compensate === 'none'
        ? undefined
        : (context) => command(compensate, flow, context),
    timeout: timeout && compileTimeout(timeout, flow),
    retry: retry && { times: retry.times, backoff: retry.backoffMs },
  }
}

// The word is the one that a reader of a saga expects; the object is never awaited.
function compileTimeout({ ms, then }: Timeout, flow: Flow): StepNode['timeout'] {
  if (typeof then !== 'object') {
    return { after: ms, then }
  }
  return { after: ms, then: (context) => command(then, flow, context) }
}

function names(events: readonly NamedEvent[]): readonly string[] {
  return events.map(({ event }) => event)
}

function command(send: Send, flow: Flow, context: SagaContext): Command {
  const scope = scopeOf(context)
  const aggregate = flow.commands.get(send.command)?.aggregate ?? ''
  return {
    type: send.command,
    aggregate,
    id: String(sourceValue(send.id, scope) ?? ''),
    data: applyMapping(send.data, scope),
  }
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
