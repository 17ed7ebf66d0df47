import type { ScaffoldFile } from '../../file.ts'

export const file: ScaffoldFile = {
  path: 'src/http/health.ts',
  owner: 'yours',
  text: `import type { App, AppHealth } from '@eventwright/core'
import type { FastifyInstance } from 'fastify'

/** \`GET /health/live\`: the process answers. \`GET /health/ready\`: it takes work. \`GET /health\`: how each part does. */
export function addHealth(server: FastifyInstance, app: App): void {
  server.get('/health/live', () => ({ status: 'live' }))
  server.get('/health/ready', async (_request, reply) => {
    const { ready } = await app.health()
    reply.code(ready ? 200 : 503)
    return { status: ready ? 'ready' : 'not ready' }
  })
  server.get('/health', async (_request, reply) => {
    const health = await app.health()
    reply.code(health.ready ? 200 : 503)
    return told(health)
  })
}

/** Without the words of errors: what a part says of itself is for the log. */
function told({ components, ...health }: AppHealth): object {
  return { ...health, components: components.map(({ name, state, lag }) => ({ name, state, lag })) }
}
`,
}
