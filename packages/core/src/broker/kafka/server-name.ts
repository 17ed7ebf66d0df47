import { isIP } from 'node:net'

/**
 * Whether TLS may tell a server that it is called so (RFC 6066), by which a proxy before several clusters knows which is
 * meant. Of an address Node.js warns, and what is no host name (`my_kafka`, `kafka.svc.`) servers on Java turn away.
 * `@platformatic/kafka` tells it of all hosts or of none (`tlsServerName`; https://github.com/platformatic/kafka/pull/61).
 * A certificate is held against the host either way.
 */
export function hasServerName(host: string): boolean {
  return isIP(host) === 0 && /^[a-z\d]([a-z\d-]*[a-z\d])?(\.[a-z\d]([a-z\d-]*[a-z\d])?)*$/i.test(host)
}
