import { named, needsOf } from './settle/index.ts'
import type { Unit } from './unit.ts'

/** All that the flush of a unit would lock: two that have none of it in common do not wait for each other. */
export function touchesOf(unit: Unit): readonly string[] {
  if (isPlain(unit)) return unit.writes.appends.map(({ stream }) => `streams ${named(unit.tenant, stream)}`)
  const { lists, ...others } = needsOf([unit])
  return [
    ...Object.entries(others).flatMap(([kind, needs]) => [...needs.keys()].map((key) => `${kind} ${key}`)),
    ...(lists.size > 0 ? collectionsOf(unit) : []),
  ]
}

/** The same with whole collections: a list may show what another unit writes. Two without any of it may be flushed in any order. */
export function orderedBy(unit: Unit): readonly string[] {
  return isPlain(unit) ? touchesOf(unit) : [...touchesOf(unit), ...collectionsOf(unit)]
}

function collectionsOf({ tenant, reads, writes }: Unit): readonly string[] {
  return [...reads.documents, ...reads.lists, ...writes.documents].map(
    ({ collection }) => `collection ${named(tenant, collection)}`,
  )
}

/** A plain append of new events, of which there may be very many. */
function isPlain({ kind, writes }: Unit): boolean {
  return kind === 'append' && writes.appends.every(({ events }) => events.every(({ fresh }) => fresh))
}

export function meet(touched: ReadonlySet<string>, touches: Iterable<string>): boolean {
  for (const key of touches) if (touched.has(key)) return true
  return false
}
