import { catalogName, payloadName } from './events.ts'
import type { Module } from './module.ts'
import { createModule, documented } from './module.ts'
import { identifier, keyOf } from './names.ts'
import type { ForeignAggregate, ServiceView } from './service-view.ts'
import type { TypeWriter } from './types.ts'

/** `src/generated/contracts.ts`: what other services publish and take, as far as this one uses it. */
export function contractsFile(view: ServiceView, types: TypeWriter): string | undefined {
  if (view.foreignEvents.length === 0 && view.foreignAggregates.length === 0) return undefined
  const module = createModule()
  const { names } = module
  for (const { aggregate } of view.foreignAggregates) names.declare(aggregate.name)
  const catalog = view.foreignAggregates.length === 0 ? '' : names.import('./events.ts', catalogName(view))
  const events = view.foreignEvents.map(
    (event) =>
      `export interface ${payloadName(event)} {\n${types.members(event.payload.fields, names, './types.ts')}\n}`,
  )
  const contracts = view.foreignAggregates.map((foreign) => contractText(foreign, catalog, types, module))
  return module.text([...events, ...contracts].join('\n\n'))
}

function contractText(
  { aggregate, commands }: ForeignAggregate,
  catalog: string,
  types: TypeWriter,
  { names }: Module,
): string {
  const payloads = commands.map((command) => {
    const own = command.payload.fields.filter(({ name }) => name !== aggregate.id.name)
    const body = own.length === 0 ? 'Record<never, never>' : `{ ${types.members(own, names, './types.ts')} }`
    return `${keyOf(command.name)}: ${body}`
  })
  const list = commands.map(({ name }) => JSON.stringify(name)).join(', ')
  const doc = documented(`Decided by ${aggregate.service}.`)
  return `${doc}export const ${identifier(aggregate.name)} = ${catalog}.contract<{ ${payloads.join('\n')} }>(${JSON.stringify(aggregate.name)}, [${list}])`
}
