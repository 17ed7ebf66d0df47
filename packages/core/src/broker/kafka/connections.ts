import { type Connection, type ConnectionOptions, ConnectionPool } from '@platformatic/kafka'
import { hearAllErrors } from './client-faults.ts'
import type { BrokerAddress, KafkaSettings } from './options.ts'
import { hasServerName } from './server-name.ts'

const MANY = 1000

/**
 * One connection to each broker. A broker answers the requests of one connection in turn: what waits there for
 * messages or for other members has connections of its own.
 */
export class Connections {
  readonly #open: () => Pools
  #pools: Pools

  constructor(settings: KafkaSettings, requestTimeout: number = settings.requestTimeout) {
    this.#open = () => ({
      named: openPool(settings, requestTimeout, true),
      numbered: openPool(settings, requestTimeout, false),
    })
    this.#pools = this.#open()
  }

  async to({ host, port }: BrokerAddress): Promise<Connection> {
    const { named, numbered } = this.#pools
    return (hasServerName(host) ? named : numbered).get({ host, port })
  }

  /** What waits for an answer waits no more; what is asked from now on goes over connections of its own. */
  async renew(): Promise<void> {
    const before = this.#pools
    this.#pools = this.#open()
    await close(before)
  }

  async close(): Promise<void> {
    await close(this.#pools)
  }
}

/** Hosts that have a name, and those that are an IP address. */
interface Pools {
  readonly named: ConnectionPool
  readonly numbered: ConnectionPool
}

async function close({ named, numbered }: Pools): Promise<void> {
  await Promise.all([named.close(), numbered.close()])
}

function openPool(
  { clientId, connectTimeout, sasl, tls }: KafkaSettings,
  requestTimeout: number,
  tlsServerName: boolean,
): ConnectionPool {
  const options: ConnectionOptions = { connectTimeout, requestTimeout, maxInflights: MANY }
  const pool = new ConnectionPool(clientId, {
    ...options,
    ...(sasl ? { sasl: { ...sasl } } : {}),
    ...(tls ? { tls, tlsServerName } : {}),
  })
  hearAllErrors(pool)
  return pool
}
