import type { ScaffoldFile } from '../../file.ts'

export const file: ScaffoldFile = {
  path: 'src/http/outcome.ts',
  owner: 'yours',
  text: `import { type App, type Command, CommandIdReused, hashOf, streamOf, type Tx } from '@eventwright/core'
import type { FastifyInstance } from 'fastify'
import type { ApiCommand } from '../generated/api.ts'
import { name as service } from '../generated/services.ts'
import { Problem } from './problem.ts'
import { tenantOf } from './request.ts'
import type { HttpContext } from './server.ts'

/** A command as a client sent it. */
export interface Identified extends Command {
  readonly commandId: string
  readonly tenant: string
}

type Outcome = Awaited<ReturnType<Tx['commands']['find']>>

/** \`GET /AGGREGATES/:id/COMMAND/:commandId\`: what became of a command, for clients that did not wait. */
export function addOutcome(server: FastifyInstance, command: ApiCommand, context: HttpContext): void {
  const { type, aggregate } = command
  server.get<{ Params: { id: string; commandId: string } }>(
    \`\${command.path}/:id/\${command.name}/:commandId\`,
    async (request, reply) => {
      const given = { ...request.params, type, aggregate, data: {}, tenant: tenantOf(request, context) }
      const outcome = await outcomeOf(context.app, given)
      if (outcome) return { status: 'decided', ...(await described(context.app, given, outcome)) }
      await checkNotParked(context.app, given)
      reply.code(202).header('retry-after', '1')
      return { status: 'pending', commandId: given.commandId }
    },
  )
}

/**
 * The key of the message that carries a command which nobody waits for. What cannot be decided is kept, and holds up
 * all that comes after it with its key. Under the aggregate's id a client that uses an Idempotency-Key twice would
 * hold up the commands of sagas; so each command has a key of its own, and they have no order among them.
 */
export function messageKey({ id, commandId }: Pick<Identified, 'id' | 'commandId'>): string {
  return \`\${id} \${commandId}\`
}

/** Where the outcome of a command can be asked for. */
export function outcomeUrl({ path, name }: ApiCommand, { id, commandId }: Identified): string {
  return \`\${path}/\${encodeURIComponent(id)}/\${name}/\${encodeURIComponent(commandId)}\`
}

/** What was recorded of a command id in its stream, if it was decided. */
export function outcomeOf(
  { store }: App,
  { aggregate, id, commandId, tenant }: Identified,
): Promise<Outcome> {
  return store.transaction((tx) => tx.commands.find(streamOf(aggregate, id), commandId), { tenant })
}

/** A command id stands for one command. @throws CommandIdReused */
export function checkSame(outcome: Outcome, { type, aggregate, id, data, commandId }: Identified): void {
  const hash = outcome?.hash ?? null
  if (hash === null || hash === hashOf({ type, aggregate, id, data })) return
  throw new CommandIdReused(streamOf(aggregate, id), commandId)
}

async function described(
  { store }: App,
  { aggregate, id, tenant }: Identified,
  { commandId, outcome, refusal, first, last }: NonNullable<Outcome>,
): Promise<object> {
  if (outcome === 'refused') return { outcome, commandId, refusal: refusal?.name, message: refusal?.message }
  if (outcome === 'nothing') return { outcome, commandId, version: last, events: [] }
  const { events } = await store.read(streamOf(aggregate, id), { from: first ?? 1, to: last ?? 0, tenant })
  return {
    outcome,
    commandId,
    version: last,
    events: events.map(({ id: eventId, type, version, data }) => ({ id: eventId, type, version, data })),
  }
}

/** A command that cannot be decided waits among the dead letters, until a person has seen to it. */
async function checkNotParked(app: App, given: Identified): Promise<void> {
  const { commandId, tenant } = given
  const [own] = await app.deadLetters({ consumer: service, key: messageKey(given), tenant })
  if (!own) return
  throw new Problem(
    'parked',
    409,
    'The command could not be decided; it is kept until somebody has seen to it.',
    {
      members: { commandId, reason: own.reason.message },
    },
  )
}
`,
}
