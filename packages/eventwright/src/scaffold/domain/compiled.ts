import type { AggregateDefinition } from '@eventwright/core'
import { compileFlow, type Flow, loadDeciders } from '../../flow/index.ts'

const known = new WeakMap<Flow, Promise<ReadonlyMap<string, AggregateDefinition>>>()

/** The aggregates of a flow as the flow itself decides them, by name: what tests are derived from. */
export function definitionsOf(flow: Flow): Promise<ReadonlyMap<string, AggregateDefinition>> {
  const made = known.get(flow) ?? compiled(flow)
  known.set(flow, made)
  return made
}

async function compiled(flow: Flow): Promise<ReadonlyMap<string, AggregateDefinition>> {
  const { parts } = compileFlow(flow, await loadDeciders(flow))
  const all = parts({ onFault: () => undefined })
  const services = all.flatMap((part) => ('kind' in part && part.kind === 'service' ? part.run : []))
  return new Map(services.flatMap((part) => (part.kind === 'aggregate' ? [[part.name, part]] : [])))
}
