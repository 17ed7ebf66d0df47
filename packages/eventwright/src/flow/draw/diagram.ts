import type { Flow } from '../model/index.ts'
import { distinct } from './distinct.ts'

/** What a diagram shows; `name` is the aggregate's or the scenario's. */
export interface Subject {
  readonly kind: 'overview' | 'aggregate' | 'scenario'
  readonly name: string
  /** For a file's name, without an extension: no other subject of the flow has it. */
  readonly file: string
}

/** A subject, drawn. */
export interface Diagram extends Subject {
  /** In Mermaid's language, ending in a line break. */
  readonly text: string
}

/** Everything of a flow that can be drawn, in the order of the file. */
export function subjectsOf(flow: Flow): readonly Subject[] {
  return [
    { kind: 'overview', name: flow.name, file: 'overview' },
    ...subjects('aggregate', [...flow.aggregates.keys()]),
    ...subjects(
      'scenario',
      flow.scenarios.map(({ name }) => name),
    ),
  ]
}

function subjects(kind: 'aggregate' | 'scenario', names: readonly string[]): readonly Subject[] {
  const own = distinct(names, '-')
  return names.map((name) => ({ kind, name, file: `${kind}-${own.get(name)}` }))
}
