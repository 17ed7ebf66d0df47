import type { Catalog } from '../catalog/index.ts'
import type { EventMap, PendingEvent, RecordedEvent } from '../event/index.ts'
import type { ProjectionDefinition, ProjectionTx } from './definition.ts'
import { InvalidProjection } from './errors.ts'

/** A handler for each event type that the projection hears. It must be repeatable: a transaction may run it again. */
export type ProjectionHandlers<Map extends EventMap> = {
  readonly [Type in keyof Map & string]?: (
    event: RecordedEvent<Type, Map[Type]>,
    tx: ProjectionTx,
  ) => Promise<void> | void
}

/** Handlers of an inline projection: their events have no position yet. */
export type InlineHandlers<Map extends EventMap> = {
  readonly [Type in keyof Map & string]?: (
    event: PendingEvent<Type, Map[Type]>,
    tx: ProjectionTx,
  ) => Promise<void> | void
}

export interface ProjectionOptions {
  /** Written in the append's own transaction, so that a reader sees its own writes; then only documents keyed by the stream. */
  readonly inline?: boolean
  /** The collections it writes to, if they are others than its name. */
  readonly collections?: readonly string[]
}

/**
 * Declares a read model: `name` is its collection, `version` a whole number from 1 that is raised to have it
 * built anew, `handlers` write documents for each event type heard. @throws InvalidProjection
 */
export function buildProjection<Map extends EventMap>(
  catalog: Catalog<Map>,
  name: string,
  version: number,
  handlers: InlineHandlers<Map>,
  options: ProjectionOptions & { readonly inline: true },
): ProjectionDefinition
export function buildProjection<Map extends EventMap>(
  catalog: Catalog<Map>,
  name: string,
  version: number,
  handlers: ProjectionHandlers<Map>,
  options?: ProjectionOptions,
): ProjectionDefinition
export function buildProjection<Map extends EventMap>(
  catalog: Catalog<Map>,
  name: string,
  version: number,
  handlers: ProjectionHandlers<Map> | InlineHandlers<Map>,
  options: ProjectionOptions = {},
): ProjectionDefinition {
  // Each handler is stored under the type whose events it takes, so the lookup by type below is sound.
  const byType = new Map(Object.entries(handlers) as [string, ProjectionDefinition['handle']][])
  const collections = options.collections ?? [name]
  check(catalog, name, version, [...byType.keys()], collections)
  return {
    kind: 'projection',
    name,
    version,
    catalog,
    types: [...byType.keys()],
    collections,
    inline: options.inline ?? false,
    handle: (event, tx) => byType.get(event.type)?.(event, tx),
  }
}

function check(
  catalog: Catalog,
  name: string,
  version: number,
  types: readonly string[],
  collections: readonly string[],
): void {
  for (const word of [name, ...collections]) {
    if (!/^[^@/\s]+$/.test(word) || word.startsWith('eventwright.')) {
      throw new InvalidProjection(
        `'${word}' cannot name a projection or its collection: use no '@', '/', space or 'eventwright.'.`,
      )
    }
  }
  if (!Number.isSafeInteger(version) || version < 1) {
    throw new InvalidProjection(`Projection ${name} has the version ${version}: use a whole number from 1.`)
  }
  if (types.length === 0) {
    throw new InvalidProjection(`Projection ${name} hears no event: give it a handler.`)
  }
  const unknown = types.find((type) => catalog.types.size > 0 && !catalog.types.has(type))
  if (unknown !== undefined) {
    throw new InvalidProjection(
      `Projection ${name} hears ${unknown}, which its catalog does not know: correct the name or add the type.`,
    )
  }
}
