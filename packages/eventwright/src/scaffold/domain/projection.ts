import {
  beginsRow,
  type Field,
  type FlowEvent,
  type Projection,
  type ProjectionHandler,
} from '../../flow/index.ts'
import { GENERATED } from './aggregate.ts'
import { printCondition, type Scope, type Variable } from './cel/index.ts'
import { properties, sourceText } from './mapping.ts'
import { createModule, documented, type Module } from './module.ts'
import { keyOf, mentions, propertyOf } from './names.ts'
import type { ServiceView } from './service-view.ts'
import type { TypeWriter } from './types.ts'

interface ProjectionSource {
  readonly projection: Projection
  readonly view: ServiceView
  readonly module: Module
  readonly types: TypeWriter
  /** The functions that give the row's collection. */
  readonly rows: string
}

/**
 * `src/domain/PROJECTION.ts`. One that hears other services too is a consumer: their events are not in this service's
 * log, they come over topics.
 */
export function projectionFile(
  projection: Projection,
  view: ServiceView,
  types: TypeWriter,
  about: { readonly catalog: string },
): string {
  const module = createModule()
  const name = module.names.declare(projection.name)
  const catalog = module.names.import(`${GENERATED}/events.ts`, about.catalog)
  const row = module.names.declare(`${projection.name}Row`)
  const rows = 'rows'
  const hearsOthers = topicsOf(projection, view).length > 0
  const tx = module.names.import('@eventwright/core', hearsOthers ? 'ConsumerTx' : 'ProjectionTx', 'type')
  const source: ProjectionSource = { projection, view, module, types, rows }
  const handlers = projection.handlers.map(
    (handler) => `${keyOf(handler.event)}: ${handlerText(handler, source)}`,
  )
  const members = types.members(projection.fields, module.names, `${GENERATED}/types.ts`)
  const on = `{ ${handlers.join(',\n')} }`
  const quoted = JSON.stringify(projection.name)
  const declared = hearsOthers
    ? `${catalog}.consumer(${quoted}, { topics: ${JSON.stringify(topicsOf(projection, view))}, on: ${on} })`
    : `${catalog}.projection(${quoted}, 1, ${on})`
  return module.text(
    [
      `interface ${row} {\n${members}\n}`,
      `const ${rows} = (tx: ${tx}) => tx.documents<${row}>(${quoted})`,
      `${documented(hearsOthers ? 'Hears other services too, over their topics.' : '')}export const ${name} = ${declared}`,
    ].join('\n\n'),
  )
}

/** The topics of all services that it hears, if there are others than its own. */
function topicsOf({ handlers }: Projection, { flow, service }: ServiceView): readonly string[] {
  const owners = new Set(handlers.map(({ event }) => flow.events.get(event)?.service ?? ''))
  if (owners.size === 1 && owners.has(service.name)) return []
  return [...owners].map((name) => flow.services.get(name)?.topic?.name ?? `${name}.events`)
}

function handlerText(handler: ProjectionHandler, source: ProjectionSource): string {
  const { projection, view, rows, module } = source
  const event = view.flow.events.get(handler.event)
  const key = rowKey(projection, event)
  if (handler.delete && !handler.when) return `({ data }, tx) => ${rows}(tx).delete(${key})`
  const begins = beginsRow(projection, handler)
  const scope = module.scope(variablesOf(event, projection, begins))
  const next = handler.delete ? 'undefined' : rowText(handler, source, scope)
  const asked = handler.when ? printCondition(handler.when.ast, scope, false).text : undefined
  const changed = asked === undefined ? next : `${asked} ? ${next} : row`
  // A row that is not there stays so: only what begins one may make it, and only what looks at it must ask.
  const sure = begins || (handler.delete && !mentions(asked ?? '', 'row'))
  const result = sure ? wrapped(changed) : `row && (${changed})`
  const parameter = mentions(result, 'row') ? 'row' : ''
  return `({ data }, tx) => ${rows}(tx).update(${key}, (${parameter}) => ${result})`
}

function wrapped(text: string): string {
  return text.startsWith('{') ? `(${text})` : text
}

function rowKey({ key }: Projection, event: FlowEvent | undefined): string {
  const name = key.fields.get(event?.name ?? '') ?? key.name
  const field = event?.payload.fields.find((one) => one.name === name)
  const text = `data${propertyOf(name)}`
  return field?.type.kind === 'string' || field?.type.kind === 'enum' ? text : `String(${text})`
}

function variablesOf(
  event: FlowEvent | undefined,
  { fields }: Projection,
  begins: boolean,
): ReadonlyMap<string, Variable> {
  const row: Variable = { code: 'row', type: { kind: 'object', fields, open: false }, absent: begins }
  return new Map<string, Variable>([
    ['event', { code: 'data', type: { kind: 'object', fields: event?.payload.fields ?? [], open: false } }],
    ['row', row],
  ])
}

function rowText({ set, add }: ProjectionHandler, source: ProjectionSource, scope: Scope): string {
  const { projection, module, types } = source
  const typeText = (field: Field): string => types.ofField(field, module.names, `${GENERATED}/types.ts`)
  const changes = properties(set, scope, { fields: projection.fields, typeText, keeps: true })
  const sums = add.map(({ field, source: amount }) =>
    sumText(field, sourceText(amount, scope).text, source, scope),
  )
  const all = [...changes, ...sums]
  const sure = all.filter((text) => !text.startsWith('...')).length
  return `{ ${[...(sure === projection.fields.length ? [] : ['...row']), ...all].join(', ')} }`
}

function sumText(name: string, amount: string, { projection }: ProjectionSource, scope: Scope): string {
  const field = projection.fields.find((one) => one.name === name)
  const absent = scope.variables.get('row')?.absent === true
  const before = `row${absent ? '?' : ''}${propertyOf(name, absent)}`
  const start = absent || field?.optional ? `(${before} ?? 0)` : before
  const negative = /^-([\w.$]+)$/.exec(amount)?.[1]
  return `${keyOf(name)}: ${start} ${negative === undefined ? `+ (${amount})` : `- ${negative}`}`
}
