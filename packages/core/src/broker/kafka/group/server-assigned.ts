import { randomUUID } from 'node:crypto'
import { consumerGroupHeartbeatV0 } from '@platformatic/kafka'
import type { TopicPartition } from '../../storage.ts'
import type { Cluster } from '../cluster.ts'
import type { Connections } from '../connections.ts'
import { inTurn } from '../in-turn.ts'
import { answered, type ErrorName, nameOfError, Refused, refuse } from '../protocol.ts'
import { type Coordinator, refusePassing } from './coordinator.ts'
import {
  type Beat,
  JOIN,
  LEAVE,
  LostMembership,
  type Membership,
  type MembershipSettings,
  type Owned,
  type Standing,
} from './membership.ts'

const JOINS = 0
const LEAVES = -1
const LEAVES_FOR_A_WHILE = -2
const UNCHANGED = -1
const PAUSE = 200
const NOBODY: Owned = () => []
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
  #former: string | undefined
  #isOver = false
  /** One heart-beat at a time: the broker takes one that overtakes another for that of a zombie. */
  readonly #turn = inTurn()

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

  isStill({ memberId }: Standing): boolean {
    return memberId === this.#memberId
  }

  async join(_topics: readonly string[], owned: Owned): Promise<readonly TopicPartition[]> {
    const { requestTimeout } = this.#cluster.settings
    const patience = performance.now() + this.#settings.sessionTimeout + requestTimeout
    await this.#turn(() => this.#partFromFormer())
    for (;;) {
      try {
        const beat = await this.#turn(() => this.#tell(owned, JOIN))
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

  beat(owned: Owned): Promise<Beat> {
    return this.#turn(async () =>
      this.#epoch === JOINS ? { kind: 'join' } : this.#tell(owned, this.#settings.sessionTimeout / 3),
    )
  }

  forget(): void {
    this.#assigned = []
    // One that is on its way in may arrive yet: it is to be this one then.
    if (this.#epoch === JOINS) return
    this.#former = this.#memberId
    this.#memberId = randomUUID()
    this.#epoch = JOINS
  }

  async leave(): Promise<void> {
    this.#isOver = true
    await this.#turn(async () => {
      if (this.#epoch !== JOINS) await this.#ask(this.#memberId, this.#leaving, undefined, LEAVE)
      this.#epoch = JOINS
    })
  }

  async close(): Promise<void> {}

  /** Who has a name keeps its place for whoever comes back under it. */
  get #leaving(): number {
    return this.#settings.instanceId === null ? LEAVES : LEAVES_FOR_A_WHILE
  }

  /** Who it was leaves: its session may be much longer at the broker than here, and nobody else gets what it had. */
  async #partFromFormer(): Promise<void> {
    const former = this.#former
    if (former === undefined) return
    const { requestTimeout } = this.#cluster.settings
    const answer = await this.#ask(former, this.#leaving, undefined, requestTimeout)
    this.#former = undefined
    // Another has its name by now, and is not to be driven out.
    const error = nameOfError(answer.errorCode)
    if (error === 'FENCED_INSTANCE_ID') throw new Refused('the group did not let this member in', error)
  }

  async #tell(owned: Owned, milliseconds: number): Promise<Beat> {
    const member = this.#memberId
    const joins = this.#epoch === JOINS
    if (this.#isOver) return { kind: 'member' }
    const answer = await this.#ask(member, this.#epoch, joins ? NOBODY : owned, milliseconds)
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

  /**
   * All of it each time: only so does the answer tell what the member is to own. Told of changes alone, it would never
   * hear of the one whose answer was lost. Who leaves owns nothing that is to be told.
   */
  async #ask(
    memberId: string,
    epoch: number,
    owned: Owned | undefined,
    milliseconds: number,
  ): Promise<consumerGroupHeartbeatV0.ConsumerGroupHeartbeatResponse> {
    const { topics, instanceId, sessionTimeout } = this.#settings
    const { group } = this.#coordinator
    return this.#coordinator.call(this.#connections, milliseconds, async (connection) => {
      if (epoch === JOINS) await this.#cluster.refresh(topics)
      const told = await answered(
        consumerGroupHeartbeatV0.api.async(
          connection,
          group,
          memberId,
          epoch,
          instanceId,
          null,
          owned ? sessionTimeout : UNCHANGED,
          owned ? [...topics] : null,
          null,
          null,
          owned ? this.#byId(owned()) : null,
        ),
      )
      refusePassing(told.errorCode)
      return told
    })
  }

  /** What is of a topic that is deleted is nobody's. */
  #byId(partitions: readonly TopicPartition[]): { topicId: string; partitions: number[] }[] {
    return [...Map.groupBy(partitions, ({ topic }) => this.#cluster.known(topic)?.id)].flatMap(
      ([topicId, of]) =>
        topicId === undefined ? [] : [{ topicId, partitions: of.map(({ partition }) => partition) }],
    )
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
