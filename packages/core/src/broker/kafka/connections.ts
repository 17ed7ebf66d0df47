import { type Connection, type ConnectionOptions, ConnectionPool } from '@platformatic/kafka'
import { hearAllErrors } from './client-faults.ts'
import type { BrokerAddress, KafkaSettings } from './options.ts'

const MANY = 1000

/**
 * One connection to each broker. A broker answers the requests of one connection in turn: what waits there for
 * messages or for other members has connections of its own.
 */
export class Connections {
  readonly #open: () => ConnectionPool
  #pool: ConnectionPool

  constructor(settings: KafkaSettings, requestTimeout: number = settings.requestTimeout) {
    this.#open = () => openPool(settings, requestTimeout)
    this.#pool = this.#open()
  }

  async to({ host, port }: BrokerAddress): Promise<Connection> {
    return this.#pool.get({ host, port })
  }

  /** What waits for an answer waits no more; what is asked from now on goes over connections of its own. */
  async renew(): Promise<void> {
    const before = this.#pool
    this.#pool = this.#open()
    await before.close()
  }

  async close(): Promise<void> {
    await this.#pool.close()
  }
}

function openPool(
  { clientId, connectTimeout, sasl, tls }: KafkaSettings,
  requestTimeout: number,
): ConnectionPool {
  const options: ConnectionOptions = { connectTimeout, requestTimeout, maxInflights: MANY }
  const pool = new ConnectionPool(clientId, {
    ...options,
    ...(sasl ? { sasl: { ...sasl } } : {}),
    ...(tls ? { tls, tlsServerName: true } : {}),
  })
  hearAllErrors(pool)
  return pool
}
