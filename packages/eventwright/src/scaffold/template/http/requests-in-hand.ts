import type { ScaffoldFile } from '../../file.ts'

export const file: ScaffoldFile = {
  path: 'src/http/requests-in-hand.ts',
  owner: 'yours',
  text: `import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Problem } from './problem.ts'

/** Milliseconds that a connection has, whose request has not come whole, once all others are answered. */
const PATIENCE = 1000

/**
 * Keeps count of the requests that are being answered. The function given refuses new ones, waits for those, and
 * closes the server: a client is told to come again, instead of finding the port closed in the middle of its work.
 */
export function drainable(server: FastifyInstance): () => Promise<void> {
  const inHand = new Set<FastifyRequest>()
  let draining = false
  let whenEmpty = (): void => {}

  server.addHook('onRequest', async (request) => {
    if (draining) {
      throw new Problem('draining', 503, 'The service is stopping: try again.', {
        retryAfter: 1,
        close: true,
      })
    }
    inHand.add(request)
  })
  server.addHook('onResponse', async (request) => {
    inHand.delete(request)
    if (inHand.size === 0) whenEmpty()
  })

  return async () => {
    draining = true
    if (inHand.size > 0) {
      const empty = Promise.withResolvers<void>()
      whenEmpty = empty.resolve
      await empty.promise
    }
    const cutOff = setTimeout(() => server.server.closeAllConnections(), PATIENCE)
    await server.close()
    clearTimeout(cutOff)
  }
}
`,
}
