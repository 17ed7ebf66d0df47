import type { Aggregate, Command, Field, FlowEvent } from '../../flow/index.ts'
import { NONE } from '../../flow/index.ts'
import { printCommand } from './command.ts'
import { evolveText } from './evolve.ts'
import { createModule, documented, type Module } from './module.ts'
import { keyOf } from './names.ts'
import type { ServiceView } from './service-view.ts'
import { stateFields } from './state.ts'
import type { TypeWriter } from './types.ts'

/** Where the generated modules are, from `src/domain`. */
export const GENERATED = '../generated'

/** The aggregate that a file is written for, and all that it is written with. */
export interface AggregateSource {
  readonly aggregate: Aggregate
  readonly commands: readonly Command[]
  readonly events: readonly FlowEvent[]
  /** The fields that decisions and events look at, beside the status. */
  readonly fields: readonly Field[]
  readonly module: Module
  readonly types: TypeWriter
  /** The catalog's constant in this file. */
  readonly catalog: string
  /** The aggregate's constant in this file. */
  readonly name: string
  /** The specifier of the copy of a `decide:` file. */
  readonly decideFile: (path: string) => string
}

/** `src/domain/AGGREGATE.ts`: what a person would write from the flow. */
export function aggregateFile(
  aggregate: Aggregate,
  view: ServiceView,
  types: TypeWriter,
  about: { readonly catalog: string; readonly decideFile: (path: string) => string },
): string {
  const { flow } = view
  const module = createModule()
  const commands = aggregate.commands.flatMap((name) => flow.commands.get(name) ?? [])
  const events = aggregate.events.flatMap((name) => flow.events.get(name) ?? [])
  const source: AggregateSource = {
    aggregate,
    commands,
    events,
    fields: stateFields(aggregate, commands, events),
    module,
    types,
    name: module.names.declare(aggregate.name),
    catalog: module.names.import(`${GENERATED}/events.ts`, about.catalog),
    decideFile: about.decideFile,
  }
  return module.text(body(source))
}

function body(source: AggregateSource): string {
  const { aggregate, fields, module, catalog, name, commands } = source
  const status = module.names.declare('Status')
  const simple = fields.length === 0
  const state = simple ? `{ status: ${status} }` : module.names.declare('State')
  const decided = commands.map((command) => printCommand(command, source))
  const evolved = evolveText(source)
  const schemas = module.names.import(`${GENERATED}/commands.ts`, 'schemas')
  const statuses = [NONE, ...aggregate.states.map((one) => one.name)].map((one) => JSON.stringify(one))
  return [
    `type ${status} = ${statuses.join(' | ')}`,
    ...(simple ? [] : [stateType(state, status, source)]),
    `${documented(`${finalText(aggregate)}`)}export const ${name} = ${catalog}
  .aggregate<${state}>(${JSON.stringify(aggregate.name)}, ${initialText(source)})
  .decide({ ${decided.join(',\n')} })
  .commands(${schemas}.${aggregate.name})
  .evolve({ ${evolved.join(',\n')} })`,
  ].join('\n\n')
}

function finalText({ final }: Aggregate): string {
  const names = final.map(({ name }) => name)
  if (names.length === 0) return ''
  return `Ends ${names.join(' or ')}: nothing is accepted there.`
}

function stateType(
  state: string,
  status: string,
  { fields, types, module, aggregate }: AggregateSource,
): string {
  const own = fields.map((field) => ({ ...field, optional: !aggregate.declared.includes(field.name) }))
  const members = types.members(own, module.names, `${GENERATED}/types.ts`)
  return `interface ${state} {\nreadonly status: ${status}\n${members}\n}`
}

function initialText({ aggregate, fields }: AggregateSource): string {
  const declared = fields.filter(({ name }) => aggregate.declared.includes(name))
  const values = declared.map(({ name }) => `${keyOf(name)}: ${JSON.stringify(aggregate.initial[name])}`)
  return `{ ${[`status: '${NONE}'`, ...values].join(', ')} }`
}
