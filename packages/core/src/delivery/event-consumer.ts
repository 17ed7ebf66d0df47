import type { Component, Runtime } from './component.ts'
import { messageConsumer } from './consumer.ts'
import type { ConsumerDefinition } from './definition.ts'
import { eventParser } from './event-parser.ts'

/** Keeps a consumer of events going. */
export function eventConsumer(runtime: Runtime, definition: ConsumerDefinition): Component {
  const { name, topics, catalog, types, settings } = definition
  return messageConsumer(runtime, {
    ...settings,
    group: name,
    topics,
    parse: eventParser({ catalog, types: new Set(types) }),
    handle: ({ value }, tx) => definition.handle(value, tx),
  })
}
