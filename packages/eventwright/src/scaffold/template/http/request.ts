import type { ScaffoldFile } from '../../file.ts'

export const file: ScaffoldFile = {
  path: 'src/http/request.ts',
  owner: 'yours',
  text: `import type { FastifyRequest } from 'fastify'
import { Problem } from './problem.ts'
import type { HttpContext } from './server.ts'

/** The value of a header that comes once. */
export function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

/** The \`Idempotency-Key\`, which is the command's id: with or without quotes, 1 to 255 visible ASCII characters. */
export function commandIdOf(request: FastifyRequest): string {
  const given = header(request, 'idempotency-key')
  if (given === undefined) {
    throw new Problem(
      'idempotency-key-missing',
      400,
      'Send an Idempotency-Key: a new one for each command, the same one on a retry.',
    )
  }
  const key = /^"(.*)"$/.exec(given)?.[1] ?? given
  if (/^[\\x21-\\x7e]{1,255}$/.test(key)) return key
  throw new Problem(
    'idempotency-key-malformed',
    400,
    'An Idempotency-Key has 1 to 255 visible ASCII characters, such as a UUID.',
  )
}

/** The tenant, where a header for it is set. */
export function tenantOf(request: FastifyRequest, { settings }: HttpContext): string {
  if (settings.tenantHeader === undefined) return ''
  const tenant = header(request, settings.tenantHeader)
  if (tenant) return tenant
  throw new Problem('tenant-missing', 400, \`The header \${settings.tenantHeader} names no tenant.\`)
}

/** What connects the command with what led to it: \`x-correlation-id\`, else the trace of \`traceparent\`. */
export function correlationOf(request: FastifyRequest): {
  readonly correlationId?: string
  readonly traceparent?: string
} {
  const given = header(request, 'x-correlation-id')
  const traceparent = header(request, 'traceparent')
  const trace = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/.exec(traceparent ?? '')?.[1]
  const correlationId = given !== undefined && /^[\\x21-\\x7e]{1,255}$/.test(given) ? given : trace
  return {
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(trace === undefined || traceparent === undefined ? {} : { traceparent }),
  }
}

/** True where the client does not wait for the outcome (RFC 7240). */
export function prefersAsync(request: FastifyRequest): boolean {
  const preferences = header(request, 'prefer')?.toLowerCase().split(',') ?? []
  return preferences.some((preference) => preference.split(';')[0]?.trim() === 'respond-async')
}
`,
}
