import { readFile } from 'node:fs/promises'
import type { AdminOptions } from '@platformatic/kafka'
import { ClientSettingsError } from './errors.ts'

/** How to reach a cluster. */
export type ClientSettings = {
  /** HOST:PORT of at least one broker. */
  readonly brokers: readonly string[]
  readonly sasl?: AdminOptions['sasl']
  readonly tls?: AdminOptions['tls']
}

/** What the user gives: brokers, a file of client settings, and the environment for secrets. */
export type ClientInput = {
  /** HOST:PORT,… or kafka://HOST:PORT,…; over `bootstrap.servers` of the file. */
  readonly brokers?: string
  /** A properties file with the keys of Kafka's own clients. */
  readonly config?: string
  /** Where neither names a broker. */
  readonly bootstrap?: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
}

type Properties = ReadonlyMap<string, string>

const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER'] as const
const KNOWN = new Set([
  'security.protocol',
  'sasl.mechanism',
  'sasl.username',
  'sasl.password',
  'sasl.jaas.config',
  'ssl.ca.location',
  'ssl.certificate.location',
  'ssl.key.location',
  'ssl.key.password',
  'ssl.endpoint.identification.algorithm',
])
const USERNAME = 'EVENTWRIGHT_KAFKA_USERNAME'
const PASSWORD = 'EVENTWRIGHT_KAFKA_PASSWORD'

/**
 * Settles how to connect. User and password come from the file, from `EVENTWRIGHT_KAFKA_USERNAME` and `_PASSWORD`, or
 * from the variable that the file names as `${env:NAME}`. Throws `ClientSettingsError`.
 */
export async function clientSettings({
  brokers,
  config,
  bootstrap,
  env,
}: ClientInput): Promise<ClientSettings> {
  const properties = config === undefined ? new Map<string, string>() : await readProperties(config, env)
  const named = brokers ?? properties.get('bootstrap.servers')
  const addresses = named === undefined ? (bootstrap ?? []) : named.split(',')
  if (addresses.length === 0) {
    throw new ClientSettingsError(
      'No broker is named. Give --brokers HOST:PORT, `bootstrap.servers` in the --config file, or `bootstrap:` in the environment.',
    )
  }
  const protocol = properties.get('security.protocol') ?? (env[USERNAME] ? 'SASL_SSL' : 'PLAINTEXT')
  if (!/^(PLAINTEXT|SSL|SASL_PLAINTEXT|SASL_SSL)$/.test(protocol)) {
    throw new ClientSettingsError(
      `security.protocol is ${protocol}; write PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL.`,
    )
  }
  return {
    brokers: addresses.map(addressOf),
    ...(protocol.startsWith('SASL') ? { sasl: saslOf(properties, env) } : {}),
    ...(protocol.endsWith('SSL') ? { tls: await tlsOf(properties) } : {}),
  }
}

function addressOf(written: string): string {
  const address = written
    .trim()
    .replace(/^kafka:\/\//, '')
    .replace(/\/$/, '')
  if (/^(\[[0-9a-fA-F:]+\]|[^\s:/@]+):\d{1,5}$/.test(address)) return address
  // What stands before an @ may be a password: it is not repeated.
  throw new ClientSettingsError(
    `\`${written.trim().replace(/[^/]*@/, '…@')}\` is no broker. Write HOST:PORT or kafka://HOST:PORT; user and password go into --config or the environment.`,
  )
}

async function readProperties(file: string, env: ClientInput['env']): Promise<Properties> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new ClientSettingsError(`The client settings ${file} cannot be read: ${String(error)}`, {
      cause: error,
    })
  })
  const joined = text.replace(/\\\r?\n\s*/g, '')
  const properties = new Map<string, string>()
  for (const [index, line] of joined.split(/\r?\n/).entries()) {
    if (/^\s*([#!].*)?$/.test(line)) continue
    const match = /^\s*([^\s=:]+)\s*[=:]\s*(.*?)\s*$/.exec(line)
    if (match === null) throw new ClientSettingsError(`${file}:${index + 1} is no \`key=value\`.`)
    const [, key = '', value = ''] = match
    if (/^(sasl|ssl|security)\./.test(key) && !KNOWN.has(key)) {
      throw new ClientSettingsError(
        `${file}:${index + 1}: ${key} is not supported; there are ${[...KNOWN].join(', ')}.`,
      )
    }
    properties.set(key, fromEnvironment(value, env, `${file}:${index + 1}`))
  }
  return properties
}

function fromEnvironment(value: string, env: ClientInput['env'], place: string): string {
  return value.replace(/\$\{env:([A-Za-z0-9_]+)\}/g, (_, name: string) => {
    const found = env[name]
    if (found === undefined) throw new ClientSettingsError(`${place}: the environment has no ${name}.`)
    return found
  })
}

function saslOf(properties: Properties, env: ClientInput['env']): NonNullable<ClientSettings['sasl']> {
  const written = properties.get('sasl.mechanism') ?? 'PLAIN'
  const mechanism = MECHANISMS.find((one) => one === written)
  if (mechanism === undefined) {
    throw new ClientSettingsError(`sasl.mechanism is ${written}; there are ${MECHANISMS.join(', ')}.`)
  }
  const jaas = properties.get('sasl.jaas.config') ?? ''
  const fromJaas = (key: string): string | undefined => new RegExp(`${key}\\s*=\\s*"([^"]*)"`).exec(jaas)?.[1]
  const username = properties.get('sasl.username') ?? fromJaas('username') ?? env[USERNAME]
  const password = properties.get('sasl.password') ?? fromJaas('password') ?? env[PASSWORD]
  if (mechanism === 'OAUTHBEARER') return { mechanism, token: password ?? '' }
  if (username === undefined || password === undefined) {
    throw new ClientSettingsError(
      `SASL needs a user and a password: set ${USERNAME} and ${PASSWORD}, or sasl.username and sasl.password in the --config file.`,
    )
  }
  return { mechanism, username, password }
}

async function tlsOf(properties: Properties): Promise<NonNullable<ClientSettings['tls']>> {
  const [ca, cert, key] = await Promise.all(
    ['ssl.ca.location', 'ssl.certificate.location', 'ssl.key.location'].map((name) => pem(properties, name)),
  )
  const passphrase = properties.get('ssl.key.password')
  // An empty algorithm is how Kafka's clients say that the certificate may be of another host.
  const anyHost = properties.get('ssl.endpoint.identification.algorithm') === ''
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(anyHost ? { checkServerIdentity: () => undefined } : {}),
  }
}

async function pem(properties: Properties, name: string): Promise<string | undefined> {
  const file = properties.get(name)
  if (file === undefined) return undefined
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new ClientSettingsError(`${name}: ${file} cannot be read: ${String(error)}`, { cause: error })
  })
}
