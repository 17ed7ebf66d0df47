import { isIP } from 'node:net'
import type { ConnectionPool } from '@platformatic/kafka'

/*
 * What is worked around in @platformatic/kafka, and where one reads about it. Consumer groups and the producer are
 * written on its protocol layer for reasons of their own: its consumer commits no metadata with an offset, in which
 * the fencing token is kept, and tells of revoked partitions only when they are gone
 * (https://github.com/platformatic/kafka/issues/339); its producer gives a failed send a new identity, so that a send
 * that is repeated by hand may write twice.
 */

/**
 * A pool listens to a connection's errors once; a second one would end the process.
 * https://github.com/platformatic/kafka/pull/171
 */
export function hearAllErrors(pool: ConnectionPool): void {
  pool.on('connecting', ({ connection }) => connection.on('error', () => {}))
}

/**
 * Whether TLS may tell a server by what name it is called. The client tells it of every host, or of none
 * (https://github.com/platformatic/kafka/pull/61); of an address Node.js warns, and what is no host name (`my_kafka`,
 * `kafka.svc.`) servers on Java turn away (RFC 6066). A certificate is held against the host either way.
 */
export function hasServerName(host: string): boolean {
  return isIP(host) === 0 && /^[a-z\d]([a-z\d-]*[a-z\d])?(\.[a-z\d]([a-z\d-]*[a-z\d])?)*$/i.test(host)
}
