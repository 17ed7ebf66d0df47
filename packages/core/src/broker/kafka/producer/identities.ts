import { initProducerIdV4 } from '@platformatic/kafka'
import type { Cluster } from '../cluster.ts'
import { refuse } from '../protocol.ts'
import type { Identity, PartitionQueue } from './partition-queue.ts'

/**
 * The identities that Kafka gives a producer. One serves all partitions; a partition whose last batch may stand or not
 * goes on under another, since Kafka takes what has the same number for the same.
 */
export class Identities {
  readonly #cluster: Cluster
  #current: Identity | undefined
  #asking: Promise<Identity> | undefined

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  /** One for a request: that of the first of these queues that has one. Those without get it. */
  async for(queues: readonly PartitionQueue[]): Promise<Identity> {
    const identity = queues.find((queue) => queue.identity)?.identity ?? (await this.#get())
    for (const queue of queues) if (this.#isFree(identity)) queue.identity ??= identity
    return identity
  }

  forget(queue: PartitionQueue): void {
    if (queue.identity === this.#current) this.#current = undefined
    queue.forgetIdentity()
  }

  /** One that a partition has given up may have numbers in others that begin anew. */
  #isFree(identity: Identity): boolean {
    return identity === this.#current
  }

  async #get(): Promise<Identity> {
    if (this.#current) return this.#current
    this.#asking ??= this.#register().finally(() => {
      this.#asking = undefined
    })
    this.#current = await this.#asking
    return this.#current
  }

  async #register(): Promise<Identity> {
    const { settings } = this.#cluster
    const connection = await this.#cluster.connections.to(this.#cluster.anyNode())
    const answer = await initProducerIdV4.api.async(connection, null, settings.requestTimeout)
    refuse('Kafka gave the producer no identity', answer.errorCode)
    return { producerId: answer.producerId, producerEpoch: answer.producerEpoch }
  }
}
