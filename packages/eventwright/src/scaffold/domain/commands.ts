import type { Aggregate, Command, Flow, JsonObject } from '../../flow/index.ts'
import { createModule } from './module.ts'
import { identifier, keyOf } from './names.ts'
import type { ServiceView } from './service-view.ts'
import type { TypeWriter } from './types.ts'

/** The JSON Schema of a command's data: what it carries beside the aggregate's id. */
export function dataSchema(command: Command, aggregate: Aggregate): JsonObject {
  const { properties, required, ...rest } = command.payload.schema
  const { [aggregate.id.name]: _id, ...own } = isObject(properties) ? properties : {}
  const needed = Array.isArray(required) ? required.filter((name) => name !== aggregate.id.name) : []
  return { ...rest, properties: own, ...(needed.length === 0 ? {} : { required: needed }) }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `src/generated/commands.ts`: what commands carry, as types and as schemas by aggregate and command. */
export function commandsFile(view: ServiceView, types: TypeWriter): string {
  const module = createModule()
  const { names } = module
  const schemas = names.declare('schemas')
  const all = view.aggregates.flatMap((aggregate) =>
    commandsOf(view.flow, aggregate).map((command) => ({ aggregate, command })),
  )
  for (const { command } of all) names.declare(command.name)
  const payloads = all.flatMap(({ aggregate, command }) => {
    const own = command.payload.fields.filter(({ name }) => name !== aggregate.id.name)
    if (own.length === 0) return []
    return [`export interface ${identifier(command.name)} {\n${types.members(own, names, './types.ts')}\n}`]
  })
  const groups = view.aggregates.map((aggregate) => {
    const entries = commandsOf(view.flow, aggregate).map(
      (command) => `${keyOf(command.name)}: ${JSON.stringify(dataSchema(command, aggregate))}`,
    )
    return `${keyOf(aggregate.name)}: { ${entries.join(',\n')} }`
  })
  return module.text(
    [
      ...payloads,
      `/** JSON Schemas of the data of commands, by aggregate and command. */\nexport const ${schemas} = { ${groups.join(',\n')} }`,
    ].join('\n\n'),
  )
}

/** The commands of an aggregate, in the flow's order. */
export function commandsOf(flow: Flow, aggregate: Aggregate): readonly Command[] {
  return aggregate.commands.flatMap((name) => flow.commands.get(name) ?? [])
}
