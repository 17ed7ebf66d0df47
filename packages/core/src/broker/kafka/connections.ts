import { type Connection, type ConnectionOptions, ConnectionPool } from '@platformatic/kafka'
import { hearAllErrors } from './client-faults.ts'
import type { BrokerAddress, KafkaSettings } from './options.ts'

const MANY = 1000

/**
 * One connection to each broker. A broker answers the requests of one connection in turn: what waits there for
 * messages or for other members has connections of its own.
 */
export class Connections {
  readonly #pool: ConnectionPool

  constructor(settings: KafkaSettings, requestTimeout: number = settings.requestTimeout) {
    const { clientId, connectTimeout, sasl, tls } = settings
    const options: ConnectionOptions = { connectTimeout, requestTimeout, maxInflights: MANY }
    this.#pool = new ConnectionPool(clientId, {
      ...options,
      ...(sasl ? { sasl: { ...sasl } } : {}),
      ...(tls ? { tls, tlsServerName: true } : {}),
    })
    hearAllErrors(this.#pool)
  }

  async to({ host, port }: BrokerAddress): Promise<Connection> {
    return this.#pool.get({ host, port })
  }

  async close(): Promise<void> {
    await this.#pool.close()
  }
}
