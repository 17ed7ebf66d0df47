import type { ScaffoldFile } from '../../file.ts'

export const file: ScaffoldFile = {
  path: 'src/http/health.ts',
  owner: 'yours',
  text: `import { type App, healthHandler } from '@eventwright/core'
import type { FastifyInstance } from 'fastify'

/**
 * \`GET /health/live\`: the process answers. \`GET /health/ready\`: it takes work. \`GET /health\`: how each part does.
 * \`GET /metrics\`: the same as figures, for Prometheus.
 */
export function addHealth(server: FastifyInstance, app: App): void {
  const handle = healthHandler(app)
  for (const path of ['/health', '/health/live', '/health/ready', '/metrics']) {
    server.get(path, (request, reply) => {
      reply.hijack()
      handle(request.raw, reply.raw)
    })
  }
}
`,
}
