import { COMMAND_HANDLED, type CommandHandled } from '../aggregate/index.ts'
import type { RecordedEvent } from '../event/index.ts'
import type { SagaDefinition } from './definition.ts'
import type { SagaInput } from './input.ts'
import { ownCommand } from './names.ts'
import { stepsOf } from './tree.ts'

/** The types of events that a saga hears: its start, answers and cancellations. Its runner has them published. */
export function heardBy(definition: SagaDefinition): ReadonlySet<string> {
  const answers = stepsOf(definition.nodes).flatMap(({ done, failed }) => [...done, ...failed])
  return new Set([definition.start, ...definition.cancel, ...answers])
}

/** A saga and what it is told. */
export interface Routed {
  readonly key: string
  readonly input: SagaInput
}

/**
 * Whom an event is for: the saga whose command caused it, and the one whose key it holds; mostly the same.
 * Anything else is passed over.
 */
export function routesOf(
  definition: SagaDefinition,
  heard: ReadonlySet<string>,
  event: RecordedEvent,
): readonly Routed[] {
  if (event.type === COMMAND_HANDLED) return handledRoutes(definition, event)
  if (!heard.has(event.type)) return []
  const causing = ownCommand(definition.name, event.metadata.causationId)?.key
  // An event without a stream has no key of its own.
  const key = definition.key(event) || undefined
  const routes: Routed[] = []
  if (key !== undefined) routes.push({ key, input: { kind: 'event', event, key, keyed: true } })
  if (causing !== undefined && causing !== key) {
    routes.unshift({ key: causing, input: { kind: 'event', event, key: causing, keyed: false } })
  }
  return routes
}

function handledRoutes(definition: SagaDefinition, { id, data }: RecordedEvent): readonly Routed[] {
  if (!isHandled(data)) return []
  const own = ownCommand(definition.name, data.commandId)
  return own ? [{ key: own.key, input: { kind: 'handled', id, handled: data } }] : []
}

/**
 * True for an answer that no state of the saga would do anything about: to a command of somebody else, or that a
 * step's command has led to events, which tell the rest themselves.
 */
export function leadsToNothing(
  definition: SagaDefinition,
  { type, data }: Pick<RecordedEvent, 'type' | 'data'>,
): boolean {
  if (type !== COMMAND_HANDLED || !isHandled(data)) return false
  const own = ownCommand(definition.name, data.commandId)
  return own === undefined || (data.outcome === 'events' && !own.label.includes(':'))
}

function isHandled(data: unknown): data is CommandHandled {
  return (
    typeof data === 'object' && data !== null && 'commandId' in data && typeof data.commandId === 'string'
  )
}
