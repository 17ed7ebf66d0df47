import type { TopicPartition } from '../../storage.ts'
import type { Cluster } from '../cluster.ts'
import type { Connections } from '../connections.ts'
import { endsOf } from '../offsets.ts'
import { type Committed, committedOf } from './committed.ts'
import type { Coordinator } from './coordinator.ts'
import { keyOf } from './owned.ts'

/** Says where a partition that becomes a member's own begins, and under which token: one above all that there were. */
export class Claims {
  readonly #cluster: Cluster
  readonly #coordinator: Coordinator
  readonly #connections: Connections
  /** The group may be made anew, and forget: this member does not, and its store does not. */
  readonly #highest = new Map<string, number>()
  readonly #afresh = new Set<string>()

  constructor(cluster: Cluster, coordinator: Coordinator, connections: Connections) {
    this.#cluster = cluster
    this.#coordinator = coordinator
    this.#connections = connections
  }

  /** The next claim's token is above this one. */
  above(key: string, token: number): void {
    this.#highest.set(key, Math.max(this.#highest.get(key) ?? 0, token))
  }

  /** The partition is another one now: it is read from its beginning. */
  beginAfresh(key: string): void {
    this.#afresh.add(key)
  }

  /** It stands as it was claimed. */
  made(claim: Committed): void {
    this.above(keyOf(claim), claim.token)
    this.#afresh.delete(keyOf(claim))
  }

  async of(partitions: readonly TopicPartition[]): Promise<readonly Committed[]> {
    const { requestTimeout } = this.#cluster.settings
    const [found, ends] = await Promise.all([
      committedOf(this.#coordinator, this.#connections, requestTimeout, partitions),
      endsOf(this.#cluster, partitions),
    ])
    const before = new Map(found.map((one) => [keyOf(one), one]))
    return ends.map(({ topic, partition, earliest }) => {
      const key = keyOf({ topic, partition })
      const last = before.get(key)
      const token = Math.max(last?.token ?? 0, this.#highest.get(key) ?? 0) + 1
      const offset = this.#afresh.has(key) ? earliest : Math.max(last?.offset ?? earliest, earliest)
      return { topic, partition, token, offset }
    })
  }
}
