import type { Field, FlowEvent } from '../../flow/index.ts'
import { type AggregateSource, GENERATED } from './aggregate.ts'
import type { Scope, Variable } from './cel/index.ts'
import { properties } from './mapping.ts'
import { keyOf, mentions } from './names.ts'
import { stateVariable, statusVariable } from './state.ts'

/** A function for each event: the state after it. */
export function evolveText(source: AggregateSource): readonly string[] {
  return source.events.map((event) => `${keyOf(event.name)}: ${evolver(event, source)}`)
}

function evolver(event: FlowEvent, source: AggregateSource): string {
  const { fields, types, module } = source
  const known = new Set(fields.map(({ name }) => name))
  const mapped = event.evolve.filter(({ field }) => known.has(field))
  const typeText = (field: Field): string => types.ofField(field, module.names, `${GENERATED}/types.ts`)
  const changes = properties(mapped, scopeOf(event, source), { fields, typeText, keeps: true })
  const all = [...(event.to ? [`status: ${JSON.stringify(event.to.name)}`] : []), ...changes]
  if (all.length === 0) return '(state) => state'
  const sure = new Set(all.filter((text) => !text.startsWith('...')))
  const whole = sure.size === fields.length + 1
  const text = `({ ${[...(whole ? [] : ['...state']), ...all].join(', ')} })`
  return `(${parametersOf(text)}) => ${text}`
}

function parametersOf(text: string): string {
  const state = mentions(text, 'state')
  if (mentions(text, 'data')) return `${state ? 'state' : '_state'}, { data }`
  return state ? 'state' : ''
}

function scopeOf(event: FlowEvent, { aggregate, fields, module }: AggregateSource): Scope {
  return module.scope(
    new Map<string, Variable>([
      ['event', { code: 'data', type: { kind: 'object', fields: event.payload.fields, open: false } }],
      ['state', stateVariable(aggregate, fields, 'state')],
      ['status', statusVariable(aggregate, 'state.status')],
    ]),
  )
}
