import type { IncomingMessage, ServerResponse } from 'node:http'
import type { App } from './app.ts'
import { type HealthAnswer, type HealthHandlerOptions, healthAnswers } from './health-answer.ts'

/** True for a path of its own, which it answers; false leaves the request to you, untouched. Never throws. */
export type HealthHandler = (request: IncomingMessage, response: ServerResponse) => boolean

/**
 * `/health`, `/health/live`, `/health/ready` and `/metrics` for any server that has node's requests:
 *
 * ```ts
 * const handle = healthHandler(app)
 * createServer((request, response) => {
 *   if (handle(request, response)) return
 *   …
 * })
 * ```
 *
 * `/health/live` is 200 while the process can answer. `/health/ready` is 200 when the app takes commands: 503 while
 * it drains, or when its store does not answer. `/health` is 200 when every component is well too. `/metrics` is for
 * Prometheus. No payload, key or error message is told.
 */
export function healthHandler(app: App, options?: HealthHandlerOptions): HealthHandler {
  const answers = healthAnswers(app, options)
  return ({ method = 'GET', url = '/' }, response) => {
    const answer = answers(method, url)
    if (answer === undefined) return false
    void answer.then(({ status, headers, body }) => {
      response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
      response.end(method === 'HEAD' ? undefined : body)
    })
    return true
  }
}

/** The same for servers that have the requests of `fetch`: `undefined` for a path that is not its own. */
export type HealthFetch = (request: Request) => Promise<Response> | undefined

/** As `healthHandler`, for Hono, Bun, Deno and others: `healthFetch(app)(request) ?? …`. */
export function healthFetch(app: App, options?: HealthHandlerOptions): HealthFetch {
  const answers = healthAnswers(app, options)
  return ({ method, url }) => {
    const { pathname } = new URL(url)
    return answers(method, pathname)?.then((answer) => responseOf(method, answer))
  }
}

function responseOf(method: string, { status, headers, body }: HealthAnswer): Response {
  return new Response(method === 'HEAD' ? null : body, { status, headers })
}
