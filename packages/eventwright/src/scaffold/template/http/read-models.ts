import type { ScaffoldFile } from '../../file.ts'

export const file: ScaffoldFile = {
  path: 'src/http/read-models.ts',
  owner: 'yours',
  text: `import type { FastifyInstance } from 'fastify'
import { api } from '../generated/api.ts'
import { awaitToken, type Consistent } from './consistency.ts'
import { Problem } from './problem.ts'
import { tenantOf } from './request.ts'
import type { HttpContext } from './server.ts'

interface Page extends Consistent {
  readonly limit?: string
  readonly cursor?: string
}

const MOST = 500

/** \`GET /PROJECTION/:key\` and \`GET /PROJECTION\`, page by page, for every read model of the service. */
export function addReadModels(server: FastifyInstance, context: HttpContext): void {
  const { app } = context
  for (const { projection, path } of api.readModels) {
    server.get<{ Params: { key: string }; Querystring: Consistent }>(\`\${path}/:key\`, async (request) => {
      const tenant = tenantOf(request, context)
      await awaitToken(app, projection, request)
      const row = await app.documents(projection, { tenant }).get(request.params.key)
      if (row !== undefined) return row
      throw new Problem('no-such-row', 404, \`\${projection} has no row \${request.params.key}.\`)
    })

    server.get<{ Querystring: Page }>(path, async (request) => {
      const tenant = tenantOf(request, context)
      const limit = limitOf(request.query.limit)
      const { cursor } = request.query
      await awaitToken(app, projection, request)
      const rows = await app
        .documents(projection, { tenant })
        .list({ limit: limit + 1, ...(cursor === undefined ? {} : { after: cursor }) })
      const items = rows.slice(0, limit).map(({ id, value }) => ({ key: id, value }))
      return rows.length > limit ? { items, next: items.at(-1)?.key } : { items }
    })
  }
}

function limitOf(written = '50'): number {
  const limit = Number(written)
  if (/^\\d+$/.test(written) && limit >= 1 && limit <= MOST) return limit
  throw new Problem('bad-limit', 400, \`limit is a whole number from 1 to \${MOST}.\`)
}
`,
}
