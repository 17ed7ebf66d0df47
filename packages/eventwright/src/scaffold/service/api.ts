import type { Command, Flow, JsonObject, Projection } from '../../flow/index.ts'
import type { ScaffoldFile } from '../file.ts'
import { literal, quoted } from '../literal.ts'
import { kebab, plural, segments } from '../names.ts'
import { projectionsOf } from './projections.ts'
import type { ServiceParts } from './service.ts'

/** Paths that the service has of its own. */
const OWN = new Set(['health', 'openapi.json'])

/** What the service takes and gives over HTTP, as data: src/http makes the routes and the OpenAPI of it. */
export function apiFile(parts: ServiceParts): ScaffoldFile {
  const { flow, service } = parts
  const outside = [...flow.commands.values()].filter(
    (command) => command.service === service.name && command.by !== undefined,
  )
  const aggregates = segments(service.aggregates, (name) => plural(kebab(name)), OWN)
  const projections = projectionsOf(flow, service.name)
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
  return { path: 'src/generated/api.ts', owner: 'generated', text: text(service.name, literal(api)) }
}

function describedCommand({ payload, by, refuses, aggregate }: Command, flow: Flow) {
  const idName = flow.aggregates.get(aggregate)?.id.name ?? ''
  const body = without(payload.schema, idName)
  const { [idName]: _id, ...example } = payload.example
  return {
    idName,
    summary: `Sent by: ${by}.`,
    schema: payload.schema,
    body,
    bodyRequired: Array.isArray(body.required) && body.required.length > 0,
    example,
    refusals: ['WrongState', ...refuses],
  }
}

function describedModel({ key, schema, name }: Projection) {
  return { keyName: key.name, summary: `A row of ${name}.`, row: schema }
}

/** The schema of a payload whose id stands in the path. */
function without(schema: JsonObject, idName: string): JsonObject {
  const { properties, required, ...rest } = schema
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties)) return schema
  const others = Object.entries(properties).filter(([name]) => name !== idName)
  const asked = Array.isArray(required) ? required.filter((name) => name !== idName) : []
  return {
    ...rest,
    properties: Object.fromEntries(others),
    ...(asked.length > 0 ? { required: asked } : {}),
  }
}

const text = (service: string, api: string) => `/** A JSON object. */
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
  readonly summary: string
  /** Of the whole payload, the id included. */
  readonly schema: JsonObject
  /** Of the body. */
  readonly body: JsonObject
  readonly bodyRequired: boolean
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

export const service = ${quoted(service)}

/** Where the service hears commands. */
export const commandTopic = ${quoted(`${service}.commands`)}

export const api: Api = ${api}
`
