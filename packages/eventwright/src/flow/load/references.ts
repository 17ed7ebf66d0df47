import type { Field, Flow } from '../model/index.ts'
import type { LoadPlan } from './plan.ts'
import type { References } from './value.ts'

/** Things that orders refer to: by their aggregate, the ids of all instances. */
export type Supplied = ReadonlyMap<string, readonly string[]>

/** The ids of everything that is supplied before the load. */
export function suppliedBy(flow: Flow, { supplies }: LoadPlan, instances: number): Supplied {
  const ids = new Map<string, readonly string[]>()
  for (const { aggregate } of supplies) {
    const example = String(flow.aggregates.get(aggregate)?.id.example ?? aggregate)
    ids.set(
      aggregate,
      Array.from({ length: instances }, (_, index) => `${example}-${index + 1}`),
    )
  }
  return ids
}

/**
 * A field refers to an aggregate whose id has its name, or else its named type; a type that is the id of several
 * aggregates says nothing.
 */
export function referencesTo(flow: Flow, supplied: Supplied): References {
  const ids = [...flow.aggregates.values()].map(({ name, id }) => ({ name, id }))
  const ofType = Map.groupBy(ids, ({ id }) => id.typeName)
  return ({ name, typeName }: Pick<Field, 'name' | 'typeName'>) => {
    const named = ids.find((one) => one.id.name === name && supplied.has(one.name))
    const typed = typeName === undefined ? [] : (ofType.get(typeName) ?? [])
    const found = named ?? (typed.length === 1 ? typed[0] : undefined)
    return found && supplied.get(found.name)
  }
}
