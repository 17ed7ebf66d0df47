import type { ScaffoldFile } from '../../file.ts'

export const file: ScaffoldFile = {
  path: 'src/http/problem.ts',
  owner: 'yours',
  text: `import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { EventwrightError, InvalidPayload } from '@eventwright/core'
import type { FastifyBaseLogger, FastifyReply } from 'fastify'

interface ProblemOptions {
  /** Further members of the answer. */
  readonly members?: { readonly [name: string]: unknown }
  /** Seconds after which the client may try again. */
  readonly retryAfter?: number
  /** True: the connection ends with this answer. */
  readonly close?: boolean
}

/** An answer that is no success: problem details of RFC 9457. \`name\` is stable, for programs; \`detail\` is for people. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly type: string
  readonly status: number
  readonly options: ProblemOptions

  constructor(type: string, status: number, detail: string, options: ProblemOptions = {}) {
    super(detail)
    this.type = \`urn:problem:\${type}\`
    this.status = status
    this.options = options
  }
}

/** Answers with problem details. */
export function sendProblem(reply: FastifyReply, { type, status, message, options }: Problem): FastifyReply {
  if (options.retryAfter !== undefined) reply.header('retry-after', String(options.retryAfter))
  if (options.close) reply.header('connection', 'close')
  return reply
    .code(status)
    .type('application/problem+json')
    .send({ type, title: STATUS_CODES[status], status, detail: message, ...options.members })
}

/** Answers what Node could not read as a request: headers that are too large or malformed, or that never end. */
export function answerNoHttp({ code }: { readonly code: string }, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const status = STATUS_OF[code] ?? 400
  const detail = 'The request is malformed, too large or too slow.'
  const body = JSON.stringify({ type: 'urn:problem:bad-request', title: STATUS_CODES[status], status, detail })
  const head = [
    \`HTTP/1.1 \${status} \${STATUS_CODES[status]}\`,
    'connection: close',
    'content-type: application/problem+json; charset=utf-8',
    \`content-length: \${Buffer.byteLength(body)}\`,
  ]
  socket.end(\`\${head.join('\\r\\n')}\\r\\n\\r\\n\${body}\`, () => socket.destroy())
}

const STATUS_OF: { readonly [code: string]: number } = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
}

/** Errors after which the same request may succeed: the client waits and sends it again, with the same key. */
const PASSING = new Set([
  'AppStopped',
  'BrokerUnreachable',
  'ConnectionLost',
  'NewerEventVersion',
  'NotCaughtUp',
  'ProjectionFaulted',
  'ProjectionNotBuilt',
  'StorageFailed',
  'StoreClosed',
  'StoreOverloaded',
  'UnknownOutcomeError',
])

/** What was thrown, as the client may see it. What is nobody's fault but ours is logged, and says nothing more. */
export function explain(error: unknown, log: FastifyBaseLogger): Problem {
  if (error instanceof Problem) return error
  if (error instanceof InvalidPayload) {
    const errors = [{ pointer: error.pointer, detail: error.problem }]
    return new Problem('invalid-payload', 400, error.message, { members: { errors } })
  }
  if (error instanceof EventwrightError && error.code === 'CommandIdReused') {
    return new Problem('idempotency-key-reused', 422, 'This Idempotency-Key was used with another request.')
  }
  if (error instanceof EventwrightError && PASSING.has(error.code)) {
    log.warn(error, 'not now')
    return new Problem('not-now', 503, 'Try again later, with the same Idempotency-Key.', { retryAfter: 1 })
  }
  const status = statusOf(error)
  if (status !== undefined && error instanceof Error)
    return new Problem(nameOf(status), status, error.message)
  log.error(error, 'a request failed')
  return new Problem('internal', 500, 'The request failed; the log of the service says why.')
}

/** Of errors of the framework: a body that is no JSON, that is too large, a path that cannot be decoded. */
function statusOf(error: unknown): number | undefined {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined
}

function nameOf(status: number): string {
  if (status === 413) return 'body-too-large'
  return status === 415 ? 'not-json' : 'bad-request'
}
`,
}
