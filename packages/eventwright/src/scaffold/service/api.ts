import type { Command, Flow, Projection } from '../../flow/index.ts'
import { viewOf } from '../domain/service-view.ts'
import type { ScaffoldFile } from '../file.ts'
import { code, literal } from '../literal.ts'
import { kebab, plural, segments } from '../names.ts'
import type { ServiceParts } from './service.ts'

/** Paths that the service has of its own. */
const OWN = new Set(['health', 'metrics', 'openapi.json'])

/** What the service takes and gives over HTTP, as data: src/http makes the routes and the OpenAPI of it. */
export function apiFile(parts: ServiceParts): ScaffoldFile {
  const { flow, service } = parts
  const outside = [...flow.commands.values()].filter(
    (command) => command.service === service.name && command.by !== undefined,
  )
  const aggregates = segments(service.aggregates, (name) => plural(kebab(name)), OWN)
  const projections = viewOf(flow, service.name).projections
  const models = segments(
    projections.map(({ name }) => name),
    kebab,
    OWN,
  )
  const commandNames = segments(
    outside.map(({ name }) => name),
    kebab,
  )
  const commands = outside.map((command) => ({
    type: command.name,
    aggregate: command.aggregate,
    path: `/${aggregates.get(command.aggregate)}`,
    name: commandNames.get(command.name),
    ...describedCommand(command, flow),
  }))
  const readModels = projections.map((projection) => ({
    projection: projection.name,
    path: `/${models.get(projection.name)}`,
    ...describedModel(projection),
  }))
  const title = `${flow.name}: ${service.name}`
  const description = `The commands that the service ${service.name} takes from outside, and its read models.`
  const api = { title, version: '0.1.0', description, commands, readModels }
  return { path: 'src/generated/api.ts', owner: 'generated', text: text(literal(api), outside.length > 0) }
}

function describedCommand({ name, payload, by, refuses, aggregate }: Command, flow: Flow): object {
  const id = flow.aggregates.get(aggregate)?.id
  const { [id?.name ?? '']: exampleId, ...example } = payload.example
  return {
    idName: id?.name,
    id: id?.schema,
    summary: `Sent by: ${by}.`,
    data: code(`schemas.${aggregate}.${name}`),
    exampleId: String(exampleId),
    example,
    refusals: ['WrongState', ...refuses],
  }
}

function describedModel({ key, schema, name }: Projection): object {
  return { keyName: key.name, summary: `A row of ${name}.`, row: schema }
}

const text = (
  api: string,
  hasCommands: boolean,
) => `${hasCommands ? "import { schemas } from './commands.ts'\n\n" : ''}/** A JSON object. */
export interface JsonObject {
  readonly [name: string]: unknown
}

/** A command that comes from outside, at \`POST PATH/:id/NAME\`. */
export interface ApiCommand {
  readonly type: string
  readonly aggregate: string
  readonly path: string
  readonly name: string
  /** The field that holds the id: it stands in the path, not in the body. */
  readonly idName: string
  /** JSON Schema of the id. */
  readonly id: JsonObject
  readonly summary: string
  /** JSON Schema of the body. */
  readonly data: JsonObject
  readonly exampleId: string
  readonly example: JsonObject
  readonly refusals: readonly string[]
}

/** A read model, at \`GET PATH/:key\` and \`GET PATH\`. */
export interface ApiReadModel {
  readonly projection: string
  readonly path: string
  readonly keyName: string
  readonly summary: string
  readonly row: JsonObject
}

/** What the service takes and gives over HTTP. */
export interface Api {
  readonly title: string
  readonly version: string
  readonly description: string
  readonly commands: readonly ApiCommand[]
  readonly readModels: readonly ApiReadModel[]
}

export const api: Api = ${api}
`
