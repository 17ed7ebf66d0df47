import {
  type Aggregate,
  type Field,
  type FieldType,
  NONE,
  type Payload,
  type Transition,
  transitionsOf,
} from '../model/index.ts'
import type { CommandShell } from './command-shell.ts'
import { objectOf, text } from './reading.ts'
import { at, type Entry } from './tree.ts'

/** The fields that `state` certainly has in each state. */
export type Present = ReadonlyMap<string, ReadonlySet<string>>

/** Finds them by following every transition from `none`. */
export function presentFields(
  aggregate: Aggregate,
  events: readonly Entry[],
  payloads: ReadonlyMap<string, Payload>,
  shells: readonly CommandShell[],
): Present {
  const stateAfter = new Map(events.map((e) => [e.key, text(at(e.value, 'to'))]))
  const transitions = transitionsOf(shells, (event) => stateAfter.get(event) || undefined)
  const present = new Map<string, ReadonlySet<string>>([[NONE, new Set(aggregate.declared)]])
  const apply = (t: Transition): boolean => narrow(present, t, payloads.get(t.event)?.fields ?? [])
  // What is certain only shrinks, so this ends.
  while (transitions.filter(apply).length > 0);
  return present
}

/** Takes one transition into account; says whether that changed what is certain. */
function narrow(
  present: Map<string, ReadonlySet<string>>,
  { from, to }: Transition,
  fields: readonly Field[],
): boolean {
  const before = present.get(from)
  const known = present.get(to)
  if (before === undefined || to === NONE) return false
  const after = new Set([...before, ...fields.filter((f) => !f.optional).map((f) => f.name)])
  const next = known === undefined ? after : new Set([...known].filter((name) => after.has(name)))
  if (known?.size === next.size) return false
  present.set(to, next)
  return true
}

/** The type of `state` in any of these states: a field that not all of them have is optional. */
export function stateType(aggregate: Aggregate, states: readonly string[], present: Present): FieldType {
  const sets = states.map((state) => present.get(state) ?? new Set(aggregate.declared))
  return objectOf(
    aggregate.fields.map((field) => ({
      ...field,
      optional: !(sets.length > 0 && sets.every((set) => set.has(field.name))),
    })),
  )
}
