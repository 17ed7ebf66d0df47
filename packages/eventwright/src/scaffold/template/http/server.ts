import type { ScaffoldFile } from '../../file.ts'

export const file: ScaffoldFile = {
  path: 'src/http/server.ts',
  owner: 'yours',
  text: `import type { App } from '@eventwright/core'
import { type FastifyBaseLogger, type FastifyInstance, fastify } from 'fastify'
import type { Settings } from '../settings.ts'
import { addCommands } from './commands.ts'
import { addHealth } from './health.ts'
import { openApi } from './openapi.ts'
import { answerNoHttp, explain, Problem, sendProblem } from './problem.ts'
import { addReadModels } from './read-models.ts'
import { drainable } from './requests-in-hand.ts'

/** What the routes work with. */
export interface HttpContext {
  readonly app: App
  readonly settings: Pick<Settings, 'bodyLimit' | 'tenantHeader'>
  readonly logger: FastifyBaseLogger
}

export interface HttpServer {
  readonly server: FastifyInstance
  /** \`GET /health\`, …: all that it answers. */
  readonly routes: readonly string[]
  /** Refuses new requests with 503, and resolves when those that came before are answered and the port is closed. */
  drain(): Promise<void>
}

/** The service over HTTP: its commands from outside, its read models, its health and its description. */
export function buildServer(context: HttpContext): HttpServer {
  const server = fastify({
    loggerInstance: context.logger,
    bodyLimit: context.settings.bodyLimit,
    requestTimeout: 30_000, // for the whole of a request: who sends a byte a minute would hold a stop up
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 1000 },
    frameworkErrors: (error, request, reply) => sendProblem(reply, explain(error, request.log)),
    clientErrorHandler: answerNoHttp,
  })
  const routes: string[] = []
  server.addHook('onRoute', ({ method, url }) => {
    if (method !== 'HEAD') routes.push(\`\${method} \${url}\`)
  })
  server.removeContentTypeParser('text/plain')
  server.setErrorHandler((error, request, reply) => sendProblem(reply, explain(error, request.log)))
  server.setNotFoundHandler((request, reply) => {
    const [path] = request.url.split('?')
    const detail = \`There is no \${request.method} \${path}; see /openapi.json.\`
    return sendProblem(reply, new Problem('no-such-route', 404, detail))
  })
  const drain = drainable(server)
  addCommands(server, context)
  addReadModels(server, context)
  addHealth(server, context.app)
  server.get('/openapi.json', () => openApi())
  return { server, routes, drain }
}
`,
}
