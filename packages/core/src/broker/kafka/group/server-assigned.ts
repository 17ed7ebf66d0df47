import { randomUUID } from 'node:crypto'
import { consumerGroupHeartbeatV0 } from '@platformatic/kafka'
import type { TopicPartition } from '../../storage.ts'
import type { Cluster } from '../cluster.ts'
import type { Connections } from '../connections.ts'
import { answered, type ErrorName, nameOfError, Refused, refuse } from '../protocol.ts'
import type { MembershipSettings } from './classic.ts'
import type { Standing } from './committed.ts'
import { type Coordinator, refusePassing } from './coordinator.ts'
import { type Beat, LostMembership, type Membership } from './membership.ts'

const JOINS = 0
const LEAVES = -1
const LEAVES_FOR_A_WHILE = -2
const UNCHANGED = -1
const LEAVE = 3000
const PAUSE = 200
const LOST = new Set<ErrorName>(['UNKNOWN_MEMBER_ID', 'FENCED_MEMBER_EPOCH'])

/**
 * The protocol in which the broker says who owns what (KIP-848): each heart-beat tells what the member owns, and the
 * answer what it is to own. A partition is another's only when a heart-beat has told that it was given up. How long a
 * session lasts is the broker's setting, `group.consumer.session.timeout.ms`.
 */
export class ServerAssignedMembership implements Membership {
  readonly #cluster: Cluster
  readonly #coordinator: Coordinator
  readonly #connections: Connections
  readonly #settings: MembershipSettings
  #memberId: string = randomUUID()
  #epoch = JOINS
  #assigned: readonly TopicPartition[] = []

  constructor(
    cluster: Cluster,
    coordinator: Coordinator,
    connections: Connections,
    settings: MembershipSettings,
  ) {
    this.#cluster = cluster
    this.#coordinator = coordinator
    this.#connections = connections
    this.#settings = settings
  }

  get standing(): Standing {
    return { memberId: this.#memberId, generation: this.#epoch, instanceId: this.#settings.instanceId }
  }

  async join(
    _topics: readonly string[],
    owned: readonly TopicPartition[],
  ): Promise<readonly TopicPartition[]> {
    const { requestTimeout } = this.#cluster.settings
    const patience = performance.now() + this.#settings.sessionTimeout + requestTimeout
    for (;;) {
      try {
        const beat = await this.#tell(owned, requestTimeout)
        if (beat.kind === 'lost') throw new LostMembership('the member is unknown')
        return this.#assigned
      } catch (error) {
        // Who had this name before was killed: its session runs out.
        const waits = error instanceof Refused && error.reason === 'UNRELEASED_INSTANCE_ID'
        if (!waits || performance.now() > patience) throw error
        await new Promise((resolve) => setTimeout(resolve, PAUSE))
      }
    }
  }

  async beat(owned: readonly TopicPartition[]): Promise<Beat> {
    if (this.#epoch === JOINS) return { kind: 'join' }
    return this.#tell(owned, this.#settings.sessionTimeout / 3)
  }

  /** Its session at the broker goes on until it runs out; nobody commits under it any more. */
  forget(): void {
    this.#memberId = randomUUID()
    this.#epoch = JOINS
    this.#assigned = []
  }

  async leave(): Promise<void> {
    if (this.#epoch === JOINS) return
    const epoch = this.#settings.instanceId === null ? LEAVES : LEAVES_FOR_A_WHILE
    await this.#ask(epoch, null, LEAVE)
    this.#epoch = JOINS
  }

  async close(): Promise<void> {}

  async #tell(owned: readonly TopicPartition[], milliseconds: number): Promise<Beat> {
    const member = this.#memberId
    await this.#cluster.refresh(this.#epoch === JOINS ? this.#settings.topics : [])
    const answer = await this.#ask(this.#epoch, this.#epoch === JOINS ? [] : owned, milliseconds)
    if (member !== this.#memberId) return { kind: 'member' }
    const error = nameOfError(answer.errorCode)
    if (LOST.has(error)) {
      this.#epoch = JOINS
      this.#assigned = []
      return { kind: 'lost' }
    }
    refuse(
      `the group did not let this member in (${answer.errorMessage ?? 'no reason given'})`,
      answer.errorCode,
    )
    this.#epoch = answer.memberEpoch
    if (!answer.assignment) return { kind: 'member' }
    this.#assigned = await this.#named(answer.assignment.topicPartitions)
    return { kind: 'member', assigned: this.#assigned }
  }

  async #ask(
    epoch: number,
    owned: readonly TopicPartition[] | null,
    milliseconds: number,
  ): Promise<consumerGroupHeartbeatV0.ConsumerGroupHeartbeatResponse> {
    const { topics, instanceId, sessionTimeout } = this.#settings
    const joins = epoch === JOINS
    const { group } = this.#coordinator
    return this.#coordinator.call(this.#connections, milliseconds, async (connection) => {
      const told = await answered(
        consumerGroupHeartbeatV0.api.async(
          connection,
          group,
          this.#memberId,
          epoch,
          instanceId,
          null,
          joins ? sessionTimeout : UNCHANGED,
          joins ? [...topics] : null,
          null,
          null,
          owned && this.#byId(owned),
        ),
      )
      refusePassing(told.errorCode)
      return told
    })
  }

  #byId(partitions: readonly TopicPartition[]): { topicId: string; partitions: number[] }[] {
    return [...Map.groupBy(partitions, ({ topic }) => topic)].map(([topic, of]) => ({
      topicId: this.#cluster.known(topic)?.id ?? '',
      partitions: of.map(({ partition }) => partition),
    }))
  }

  async #named(
    assigned: readonly { readonly topicId: string; readonly partitions: readonly number[] }[],
  ): Promise<readonly TopicPartition[]> {
    if (assigned.some(({ topicId }) => this.#cluster.nameOf(topicId) === undefined))
      await this.#cluster.refresh(this.#settings.topics)
    return assigned.flatMap(({ topicId, partitions }) => {
      const topic = this.#cluster.nameOf(topicId)
      return topic === undefined ? [] : partitions.map((partition) => ({ topic, partition }))
    })
  }
}
