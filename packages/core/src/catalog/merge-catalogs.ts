import { isTechnical, type NewEvent, type PendingEvent } from '../event/index.ts'
import type { Catalog } from './catalog.ts'
import { InvalidCatalog, UnknownEventType } from './errors.ts'

/**
 * One catalog over those of an app's parts. Each type belongs to one of them; an undeclared type goes to
 * the catalog without schemas, if there is one. @throws InvalidCatalog where two declare one type
 */
export function mergeCatalogs(catalogs: Iterable<Catalog>): Catalog {
  const parts = [...new Set(catalogs)]
  const [first] = parts
  if (first === undefined) throw new InvalidCatalog('There is no catalog to merge. Give at least one.')
  if (parts.length === 1) return first
  const owners = ownersOf(parts)
  const takesAll = parts.filter(({ types }) => types.size === 0)
  const ownerOf = (type: string): Catalog =>
    owners.get(type) ?? takesAll.toSorted((a, b) => b.version(type) - a.version(type))[0] ?? first
  const types = new Set(takesAll.length > 0 ? [] : owners.keys())
  return {
    namespace: first.namespace,
    namespaceOf: (type) => ownerOf(type).namespaceOf(type),
    types,
    version: (type) => ownerOf(type).version(type),
    prepare: <Event extends NewEvent>(event: Event) => {
      const { type } = event
      if (types.size > 0 && !types.has(type) && !isTechnical(type)) {
        throw new UnknownEventType(type, types, parts.map(({ namespace }) => namespace).join(', '))
      }
      return ownerOf(type).prepare(event)
    },
    receive: (type, schemaVersion, data) => ownerOf(type).receive(type, schemaVersion, data),
    upcast: <Event extends PendingEvent>(event: Event) => ownerOf(event.type).upcast(event),
    isNewer: (event) => ownerOf(event.type).isNewer(event),
  }
}

function ownersOf(parts: readonly Catalog[]): ReadonlyMap<string, Catalog> {
  const owners = new Map<string, Catalog>()
  for (const part of parts) {
    for (const type of part.types) {
      const other = owners.get(type)
      if (other !== undefined) {
        throw new InvalidCatalog(
          `${type} is declared by two catalogs, ${other.namespace} and ${part.namespace}. ` +
            'Make one catalog object and import it in both places, or rename one event.',
        )
      }
      owners.set(type, part)
    }
  }
  return owners
}
