import { type Connection, findCoordinatorV4 } from '@platformatic/kafka'
import { BrokerUnreachable } from '../../errors.ts'
import type { Cluster } from '../cluster.ts'
import type { Connections } from '../connections.ts'
import type { BrokerAddress } from '../options.ts'
import { answered, type ErrorName, nameOfError, Refused, refuse, whyOf } from '../protocol.ts'

const GROUP = 0
const PAUSE = 100
/** The coordinator moves, or is not there yet. */
const PASSING = new Set<ErrorName>([
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
  'UNSTABLE_OFFSET_COMMIT',
])

/** The broker that keeps a group: found, and found again when it has moved. */
export class Coordinator {
  readonly group: string
  readonly #cluster: Cluster
  #address: BrokerAddress | undefined
  readonly #waiting = new Set<(error: Error) => void>()
  #closed = false

  constructor(cluster: Cluster, group: string) {
    this.#cluster = cluster
    this.group = group
  }

  /** No answer is waited for from now on. */
  close(): void {
    this.#closed = true
    for (const reject of this.#waiting) reject(new Error('no answer came in time'))
  }

  /**
   * What `ask` gives on a connection to the coordinator. `milliseconds`: how long it is asked again where it cannot be
   * reached, has moved or is still loading. `unheard`: told of each attempt that may arrive yet.
   * @throws Refused BrokerUnreachable
   */
  async call<Answer>(
    connections: Connections,
    milliseconds: number,
    ask: (connection: Connection) => Promise<Answer>,
    unheard: () => void = () => {},
  ): Promise<Answer> {
    const until = performance.now() + milliseconds
    for (;;) {
      try {
        return await this.#unlessClosed(
          this.#find()
            .then((at) => connections.to(at))
            .then(ask),
        )
      } catch (error) {
        if (!(error instanceof Refused)) unheard()
        else if (!PASSING.has(error.reason)) throw error
        this.#address = undefined
        if (this.#closed || performance.now() + PAUSE > until) throw this.#unreachable(error)
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE))
    }
  }

  async #unlessClosed<Answer>(asked: Promise<Answer>): Promise<Answer> {
    const { promise, reject } = Promise.withResolvers<never>()
    this.#waiting.add(reject)
    if (this.#closed) reject(new Error('it is not asked any more'))
    try {
      return await Promise.race([asked, promise])
    } finally {
      this.#waiting.delete(reject)
    }
  }

  async #find(): Promise<BrokerAddress> {
    if (this.#address) return this.#address
    await this.#cluster.refresh([])
    const connection = await this.#cluster.connections.to(this.#cluster.anyNode())
    const { coordinators } = await answered(findCoordinatorV4.api.async(connection, GROUP, [this.group]))
    const [found] = coordinators
    if (!found) throw new Refused('no coordinator of the group', 'COORDINATOR_NOT_AVAILABLE')
    refuse('no coordinator of the group', found.errorCode)
    this.#address = { host: found.host, port: found.port }
    return this.#address
  }

  #unreachable(cause: unknown): BrokerUnreachable {
    const why = `does not answer for group "${this.group}": ${whyOf(cause)}`
    return new BrokerUnreachable(this.#cluster.url, why, { cause })
  }
}

/** Makes `call` look for the coordinator again and repeat the question. */
export function refusePassing(code: number): void {
  if (PASSING.has(nameOfError(code))) refuse('the coordinator moves', code)
}
