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
