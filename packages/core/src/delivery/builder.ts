import type { Catalog } from '../catalog/index.ts'
import { type EventMap, EventwrightError, type RecordedEvent } from '../event/index.ts'
import type { ConsumerDefinition, ConsumerSettings, ConsumerTx } from './definition.ts'

/** A handler for each event type that is heard. It may run again, so it writes with `tx` only. */
export type ConsumerHandlers<Map extends EventMap> = {
  readonly [Type in keyof Map & string]?: (
    event: RecordedEvent<Type, Map[Type]>,
    tx: ConsumerTx,
  ) => Promise<void> | void
}

export interface BuildConsumerOptions<Map extends EventMap> extends ConsumerSettings {
  /** Topics that carry the events. */
  readonly topics: readonly string[]
  readonly on: ConsumerHandlers<Map>
}

/** A consumer that cannot be made as it is written. */
export class InvalidConsumer extends EventwrightError {
  readonly code = 'InvalidConsumer'
}

/**
 * Declares a consumer of events: `name` is its consumer group. Each event and what its handler writes are
 * one unit of work, done once however often the event comes. @throws InvalidConsumer
 */
export function buildConsumer<Map extends EventMap>(
  catalog: Catalog<Map>,
  name: string,
  options: BuildConsumerOptions<Map>,
): ConsumerDefinition {
  const { topics, on, ...settings } = options
  // Each handler is stored under the type whose events it takes, so the lookup by type below is sound.
  const handlers = new Map(Object.entries(on) as [string, ConsumerDefinition['handle']][])
  check(catalog, name, topics, [...handlers.keys()])
  return {
    kind: 'consumer',
    name,
    topics,
    catalog,
    types: [...handlers.keys()],
    settings,
    handle: (event, tx) => handlers.get(event.type)?.(event, tx),
  }
}

function check(catalog: Catalog, name: string, topics: readonly string[], types: readonly string[]): void {
  if (name === '' || name === 'relay')
    throw new InvalidConsumer(`'${name}' cannot name a consumer: give it the name of what it does.`)
  if (topics.length === 0)
    throw new InvalidConsumer(`Consumer ${name} listens to no topic: give it \`topics\`.`)
  if (types.length === 0)
    throw new InvalidConsumer(`Consumer ${name} hears no event: give it a handler in \`on\`.`)
  const unknown = types.find((type) => catalog.types.size > 0 && !catalog.types.has(type))
  if (unknown !== undefined)
    throw new InvalidConsumer(
      `Consumer ${name} hears ${unknown}, which its catalog does not know: correct the name or add the type.`,
    )
}
