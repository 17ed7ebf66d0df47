import type { ConnectionOptions } from 'node:tls'
import { InvalidOption, refuseRepeatedParameters, refuseUnknownParameters } from '../../store/index.ts'
import type { BrokerAddress, KafkaSasl, ParsedUrl } from './options.ts'
import { checkPrefix } from './prefix.ts'

const USE =
  "'kafka://HOST:PORT,HOST:PORT', with USER:PASSWORD@ before the hosts where the cluster asks for them"
const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const
const DEFAULT_PORT = 9092

/**
 * Reads `kafka://HOST:PORT,HOST:PORT`, or a list of `HOST:PORT`. A user and password log in with PLAIN or what
 * `?mechanism=` says; `?tls=true` and `?prefix=` are read too. @throws InvalidOption
 */
export function parseKafkaUrl(given: string | readonly string[]): ParsedUrl {
  const text = typeof given === 'string' ? given : `kafka://${given.join(',')}`
  const found = /^kafka:\/\/(?:([^@/?#]*)@)?([^@/?#]+)\/?(?:\?([^#]*))?$/.exec(text)
  if (!found) throw new InvalidOption('the address of Kafka', hidden(text), USE)
  const [, login, hosts = '', query = ''] = found
  const { prefix, tls, mechanism } = parametersOf(query)
  if (prefix !== undefined) checkPrefix(prefix)
  const bootstrap = hosts.split(',').map(addressOf)
  return {
    bootstrap,
    url: `kafka://${hosts}${prefix === undefined ? '' : `?prefix=${prefix}`}`,
    ...(prefix === undefined ? {} : { prefix }),
    ...(isOn(tls) ? { tls: true } : {}),
    ...(login === undefined ? {} : { sasl: saslOf(login, mechanism) }),
  }
}

/** What a URL says, in the words of `@platformatic/kafka`. */
export interface KafkaConnection {
  readonly bootstrapBrokers: string[]
  /** What `?prefix=` puts before the names of topics and groups; empty where it does not. */
  readonly prefix: string
  readonly sasl?: KafkaSasl
  readonly tls?: ConnectionOptions
}

/** For other clients of the same cluster: `new Admin({ clientId, ...kafkaConnection(url) })`. @throws InvalidOption */
export function kafkaConnection(url: string): KafkaConnection {
  const { bootstrap, prefix = '', sasl, tls } = parseKafkaUrl(url)
  return {
    bootstrapBrokers: bootstrap.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`),
    prefix,
    ...(sasl ? { sasl } : {}),
    ...(tls ? { tls: {} } : {}),
  }
}

function parametersOf(query: string): { [name: string]: string | undefined } {
  const given = [...new URLSearchParams(query)]
  const names = given.map(([name]) => name)
  refuseUnknownParameters(names, "Kafka's URL", ['prefix', 'tls', 'mechanism'])
  refuseRepeatedParameters(names, "Kafka's URL")
  return Object.fromEntries(given)
}

/** What is meant for "on" and not read so would send a password in the clear. */
function isOn(tls = 'false'): boolean {
  if (tls !== 'true' && tls !== 'false') throw new InvalidOption("tls in Kafka's URL", tls, 'true or false')
  return tls === 'true'
}

function addressOf(text: string): BrokerAddress {
  const [, bracketed, plain, port = String(DEFAULT_PORT)] =
    /^(?:\[([^\]]+)\]|([^:\s]+))(?::(\d{1,5}))?$/.exec(text) ?? []
  const host = bracketed ?? plain
  if (host === undefined || Number(port) > 65_535)
    throw new InvalidOption('the address of a broker', text, USE)
  return { host, port: Number(port) }
}

function saslOf(login: string, named = 'PLAIN'): KafkaSasl {
  const mechanism = MECHANISMS.find((known) => known === named.toUpperCase())
  if (!mechanism) throw new InvalidOption("mechanism of Kafka's URL", named, MECHANISMS.join(', '))
  const [username = '', password = ''] = login.split(/:(.*)/s).map(decoded)
  return { mechanism, username, password }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    const use = 'USER:PASSWORD with their signs encoded (encodeURIComponent), a % as %25'
    throw new InvalidOption("the login in Kafka's URL", 'not encoded', use)
  }
}

/** What cannot be taken apart may hold a password anywhere. */
function hidden(text: string): string {
  return text.includes('@') ? 'not one' : text
}
