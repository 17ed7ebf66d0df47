import type { Field, FieldType, FlowEvent, NamedEvent, Place } from '../model/index.ts'
import { objectOf } from './reading.ts'

/** What expressions of a saga see at one point. */
export type SagaScope = {
  readonly variables: ReadonlyMap<string, FieldType>
  /** Variables whose fields are copied by name, the nearest first. */
  readonly copied: readonly string[]
}

const STRING: FieldType = { kind: 'string' }

/** The scope with one more variable. */
export function withVariable(scope: SagaScope, name: string, type: FieldType): SagaScope {
  return { ...scope, variables: new Map(scope.variables).set(name, type) }
}

/** The scope inside `each`: `item` comes before the start when fields are copied. */
export function withItem(scope: SagaScope, item: FieldType): SagaScope {
  const inner = withVariable(withVariable(scope, 'item', item), 'index', { kind: 'int' })
  return { ...inner, copied: ['item', ...scope.copied.filter((name) => name !== 'item')] }
}

/** What `failure` holds in compensations and in `compensated`. */
export function failureType(place: Place): FieldType {
  const field = (name: string, type: FieldType, optional: boolean): Field => ({
    name,
    type,
    optional,
    example: name,
    schema: {},
    place,
  })
  return objectOf([
    field('step', STRING, false),
    field('event', STRING, true),
    field('refusal', STRING, true),
    field('data', { kind: 'any' }, true),
  ])
}

/** A step's answer: what all its `done` events have is there, the rest may be. */
export function answerType(done: readonly NamedEvent[], events: ReadonlyMap<string, FlowEvent>): FieldType {
  const payloads = done.flatMap((d) => events.get(d.event)?.payload ?? [])
  const fields = new Map<string, Field>()
  for (const field of payloads.flatMap((p) => p.fields)) {
    const everywhere = payloads.every((p) => p.fields.some((f) => f.name === field.name && !f.optional))
    fields.set(field.name, { ...field, optional: !everywhere })
  }
  return objectOf([...fields.values()])
}
