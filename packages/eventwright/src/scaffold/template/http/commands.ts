import type { ScaffoldFile } from '../../file.ts'

export const file: ScaffoldFile = {
  path: 'src/http/commands.ts',
  owner: 'yours',
  text: `import { type CommandResult, schemaChecks } from '@eventwright/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type ApiCommand, api } from '../generated/api.ts'
import { name } from '../generated/services.ts'
import { CONSISTENCY_TOKEN, consistencyToken } from './consistency.ts'
import { addOutcome, checkSame, type Identified, messageKey, outcomeOf, outcomeUrl } from './outcome.ts'
import { Problem } from './problem.ts'
import { commandIdOf, correlationOf, prefersAsync, tenantOf } from './request.ts'
import type { HttpContext } from './server.ts'

type Check = (id: string, data: unknown) => void
type CommandRequest = FastifyRequest<{ Params: { id: string } }>

/** \`POST /AGGREGATES/:id/COMMAND\` for every command that comes from outside. */
export function addCommands(server: FastifyInstance, context: HttpContext): void {
  for (const command of api.commands) {
    const check = checkOf(command)
    server.post<{ Params: { id: string } }>(\`\${command.path}/:id/\${command.name}\`, async (request, reply) => {
      const given = commandOf(command, request, context, check)
      if (prefersAsync(request)) return accept(command, given, reply, context)
      return execute(given, request, reply, context)
    })
    addOutcome(server, command, context)
  }
}

/** The check of a command's id and data. */
function checkOf({ type, idName, id, data }: ApiCommand): Check {
  const ids = schemaChecks({ type: 'object', properties: { [idName]: id } }, type).closed
  const payloads = schemaChecks(data, type).closed
  return (givenId, given) => {
    ids({ [idName]: givenId }, type)
    payloads(given, type)
  }
}

function commandOf(
  { type, aggregate, idName }: ApiCommand,
  request: CommandRequest,
  context: HttpContext,
  check: Check,
): Identified {
  const { id } = request.params
  const body: unknown = request.body ?? {}
  if (!isObject(body)) {
    throw new Problem('invalid-payload', 400, 'The body is not a JSON object.', {
      members: { errors: [{ pointer: '', detail: 'must be object' }] },
    })
  }
  const { [idName]: repeated = id, ...data } = body
  if (repeated !== id) {
    throw new Problem(
      'invalid-payload',
      400,
      \`\${idName} is another in the body than in the path: leave it out.\`,
      {
        members: { errors: [{ pointer: \`/\${idName}\`, detail: 'is not that of the path' }] },
      },
    )
  }
  check(id, data)
  const { correlationId } = correlationOf(request)
  return {
    type,
    aggregate,
    id,
    data,
    commandId: commandIdOf(request),
    tenant: tenantOf(request, context),
    ...(correlationId === undefined ? {} : { correlationId }),
  }
}

async function execute(
  command: Identified,
  request: CommandRequest,
  reply: FastifyReply,
  { app }: HttpContext,
): Promise<unknown> {
  const { traceparent } = correlationOf(request)
  const result = await app.execute(command, traceparent === undefined ? {} : { metadata: { traceparent } })
  reply.header(CONSISTENCY_TOKEN, await consistencyToken(app))
  if (result.outcome === 'refused') throw refused(result, command)
  return decided(result)
}

/** The outcome of a command as its sender sees it. */
function decided(result: Exclude<CommandResult, { outcome: 'refused' }>): unknown {
  const { commandId, outcome, version, duplicate } = result
  const events = result.outcome === 'events' ? result.events : []
  return {
    outcome,
    commandId,
    version,
    duplicate,
    events: events.map(({ id, type, version, data }) => ({ id, type, version, data })),
  }
}

function refused(
  { refusal, message }: Extract<CommandResult, { outcome: 'refused' }>,
  { type, commandId, id }: Identified,
): Problem {
  return new Problem('refused', 409, message ?? \`\${type} was refused: \${refusal}.\`, {
    members: { refusal, command: type, id, commandId },
  })
}

/** Takes a command that nobody waits for: it is on the service's own command topic when this is answered. */
async function accept(
  command: ApiCommand,
  given: Identified,
  reply: FastifyReply,
  { app }: HttpContext,
): Promise<unknown> {
  const outcome = await outcomeOf(app, given)
  if (outcome) checkSame(outcome, given)
  else {
    await app.broker.publish(\`\${name}.commands\`, [
      {
        id: given.commandId,
        key: messageKey(given),
        headers: { 'content-type': 'application/vnd.eventwright.command+json' },
        value: JSON.stringify(given),
      },
    ])
  }
  const url = outcomeUrl(command, given)
  reply.code(202).header('location', url).header('preference-applied', 'respond-async')
  return { status: 'accepted', commandId: given.commandId, outcome: url }
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
`,
}
