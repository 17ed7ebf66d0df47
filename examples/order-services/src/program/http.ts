import { type App, type Command, EventwrightError, healthHandler, type Logger } from '@eventwright/core'
import { type FastifyInstance, fastify } from 'fastify'

type CommandPath = { readonly aggregate: string; readonly id: string; readonly command: string }
type RowPath = { readonly collection: string; readonly id: string }

/** What went wrong by its code; everything else should come again. */
const STATUS: { readonly [code: string]: number } = {
  InvalidPayload: 400,
  UnknownTarget: 404,
  UnknownCommand: 404,
  CommandIdReused: 422,
}

const NOT_NOW = 503
const AGAIN = 'Not now: send it again, with the same Idempotency-Key.'

/**
 * `POST /Order/o-1/PlaceOrder` decides a command, under the id in the header Idempotency-Key: sent again, it is
 * answered again and nothing happens twice. `GET /OrderSummary/o-1` gives a row, `GET /health` and `/metrics` tell how
 * it goes.
 */
export function httpServer(app: App, logger: Logger): FastifyInstance {
  const server = fastify({ forceCloseConnections: true })

  server.post<{ Params: CommandPath }>(
    '/:aggregate/:id/:command',
    async ({ params, headers, body }, reply) => {
      const { aggregate, id, command: type } = params
      const command: Command = { type, aggregate, id, data: body ?? {} }
      const key = headers['idempotency-key']
      const result = await app.execute(command, typeof key === 'string' ? { commandId: key } : {})
      reply.code(result.outcome === 'refused' ? 409 : 200)
      return result.outcome === 'refused'
        ? { outcome: 'refused', refusal: result.refusal }
        : { outcome: result.outcome, version: result.version }
    },
  )

  server.get<{ Params: RowPath }>('/:collection/:id', async ({ params }, reply) => {
    const row = await app.documents(params.collection).get(params.id)
    if (row === undefined) reply.code(404)
    return row ?? { error: 'NotFound' }
  })

  const health = healthHandler(app)
  for (const path of ['/health', '/health/live', '/health/ready', '/metrics']) {
    server.get(path, (request, reply) => {
      reply.hijack()
      health(request.raw, reply.raw)
    })
  }

  server.setErrorHandler((error, _request, reply) => {
    const status = error instanceof EventwrightError ? STATUS[error.code] : undefined
    const given = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : NOT_NOW
    const code = status ?? given
    // Where a database is, and why it does not answer, is for who runs the service.
    if (code >= 500) logger.warn({ err: error }, 'a request failed')
    const message = error instanceof Error ? error.message : String(error)
    reply.code(code).send({ error: code < 500 ? message : AGAIN })
  })
  return server
}
