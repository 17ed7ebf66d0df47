import type { ScaffoldFile } from '../file.ts'
import { brokerOf, portOf, type ServiceParts } from './service.ts'

/** What the environment sets, with the defaults of this service. */
export function settingsFile(parts: ServiceParts): ScaffoldFile {
  return { path: 'src/settings.ts', owner: 'yours', text: text(portOf(parts), brokerOf(parts)) }
}

const text = (port: number, broker: string) => `/** What the environment says; see .env.example. */
export interface Settings {
  readonly host: string
  readonly port: number
  /** Of the event store: \`sqlite:FILE\`, \`postgres://…\` or \`memory:\`. */
  readonly storeUrl: string
  /** Of the broker, the same for all services that talk to each other; also \`kafka://…\`. */
  readonly brokerUrl: string
  readonly logLevel: string
  /** How long a stop may take before the process ends with 1. */
  readonly drainSeconds: number
  /** Bytes of a request's body. */
  readonly bodyLimit: number
  /** The header in which a gateway that you trust names the tenant; without it there is one tenant. */
  readonly tenantHeader: string | undefined
}

/** The environment cannot be used; the message lists everything that is wrong with it. */
export class InvalidSettings extends Error {
  override readonly name = 'InvalidSettings'
}

export const LOG_LEVELS: readonly string[] = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']

/** @throws InvalidSettings */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const problems: string[] = []

  function text(name: string, fallback: string): string {
    return env[name]?.trim() || fallback
  }

  function integer(name: string, fallback: number, from: number, to: number): number {
    const written = text(name, String(fallback))
    const number = Number(written)
    if (/^\\d+$/.test(written) && number >= from && number <= to) return number
    problems.push(\`\${name} is "\${written}": use a whole number from \${from} to \${to}\`)
    return fallback
  }

  function engine(name: string, fallback: string, supported: RegExp, use: string): string {
    const url = text(name, fallback)
    if (!supported.test(url)) problems.push(\`\${name} is "\${withoutSecret(url)}": use \${use}\`)
    return url
  }

  const settings: Settings = {
    host: text('HOST', '127.0.0.1'),
    port: integer('PORT', ${port}, 0, 65_535),
    storeUrl: engine('STORE_URL', 'sqlite:data/store.db', STORE, STORES),
    brokerUrl: engine('BROKER_URL', '${broker}', BROKER, \`\${STORES}, or kafka://HOST:PORT\`),
    logLevel: text('LOG_LEVEL', 'info'),
    drainSeconds: integer('DRAIN_SECONDS', 20, 1, 3600),
    bodyLimit: integer('BODY_LIMIT', 262_144, 1, 1_000_000),
    tenantHeader: text('TENANT_HEADER', '').toLowerCase() || undefined,
  }
  if (!LOG_LEVELS.includes(settings.logLevel)) {
    problems.push(\`LOG_LEVEL is "\${settings.logLevel}": use one of \${LOG_LEVELS.join(', ')}\`)
  }
  if (problems.length > 0) throw new InvalidSettings(problems.join('\\n'))
  return settings
}

const STORE = /^(memory:|sqlite:.+|postgres(ql)?:\\/\\/.+)$/
const BROKER = /^(memory:|sqlite:.+|postgres(ql)?:\\/\\/.+|kafka:\\/\\/.+)$/
const STORES = 'memory:, sqlite:FILE, postgres://USER:PASSWORD@HOST/DATABASE?schema=NAME'

/** What is wrong is logged, and a URL may hold a password: what stands behind its scheme is not shown. */
function withoutSecret(url: string): string {
  if (/^[^:@?]*$/.test(url)) return url
  const [scheme = ''] = /^["']?[a-z][a-z0-9+.-]*:/i.exec(url) ?? []
  return scheme === url ? url : \`\${scheme}…\`
}
`
