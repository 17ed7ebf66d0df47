import type { ScaffoldFile } from '../../file.ts'

export const file: ScaffoldFile = {
  path: 'src/http/consistency.ts',
  owner: 'yours',
  text: `import type { App } from '@eventwright/core'
import type { FastifyRequest } from 'fastify'
import { Problem } from './problem.ts'
import { header } from './request.ts'

/** The header in which a command's answer says how far the log has come, and a reader how far it must have. */
export const CONSISTENCY_TOKEN = 'consistency-token'

/** The same in the query, for clients that cannot set headers. */
export interface Consistent {
  readonly after?: string
}

/** Milliseconds that a reader waits for a read model. */
const PATIENCE = 5000

/** A read model that has come this far shows what every command did that was answered before. */
export async function consistencyToken({ store }: App): Promise<string> {
  return \`\${store.epoch}:\${await store.head()}\`
}

/** Waits until a read model has come as far as the request's token says. */
export async function awaitToken(
  app: App,
  projection: string,
  request: FastifyRequest<{ Querystring: Consistent }>,
): Promise<void> {
  const token = header(request, CONSISTENCY_TOKEN) ?? request.query.after
  if (token === undefined) return
  const [, epoch, digits] = /^(.+):(\\d{1,15})$/.exec(token) ?? []
  if (epoch === undefined) {
    throw new Problem('bad-consistency-token', 400, 'Send the Consistency-Token as it came with an answer.')
  }
  const position = Number(digits)
  if (epoch !== app.store.epoch || position > (await app.store.head())) {
    throw new Problem(
      'foreign-consistency-token',
      400,
      'The Consistency-Token is of another service, or of before a restore: leave it out.',
    )
  }
  await app.caughtUp(projection, position, { timeout: PATIENCE })
}
`,
}
