import {
  heartbeatV4,
  joinGroupV9 as joinGroup,
  type joinGroupV9,
  leaveGroupV5,
  syncGroupV5,
} from '@platformatic/kafka'
import type { TopicPartition } from '../../storage.ts'
import type { Cluster } from '../cluster.ts'
import { Connections } from '../connections.ts'
import { answered, type ErrorName, nameOfError, Refused, refuse } from '../protocol.ts'
import { assignAll } from './assignor.ts'
import { assignedIn, assignmentOf, joinedIn, subscriptionOf } from './classic-wire.ts'
import type { Standing } from './committed.ts'
import { type Coordinator, refusePassing } from './coordinator.ts'
import { type Beat, LostMembership, type Membership } from './membership.ts'

const TYPE = 'consumer'
/** All members of a group must have it: no others join ours, and ours join no others. */
const ASSIGNOR = 'eventwright-cooperative'
const LEAVE = 3000
/** A cluster that has just started takes its time to find and load a group. */
const JOIN = 30_000

export interface MembershipSettings {
  readonly topics: readonly string[]
  readonly sessionTimeout: number
  readonly instanceId: string | null
}

const LOST = new Set<ErrorName>(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION'])

/** The protocol in which one member, the leader, says who owns what. */
export class ClassicMembership implements Membership {
  readonly #cluster: Cluster
  readonly #coordinator: Coordinator
  readonly #settings: MembershipSettings
  readonly #connections: Connections
  /** What joins waits for the other members, and must not keep heart-beats and commits waiting. */
  readonly #joining: Connections
  #memberId = ''
  #former = ''
  #generation = -1
  #isJoining = false

  constructor(
    cluster: Cluster,
    coordinator: Coordinator,
    connections: Connections,
    settings: MembershipSettings,
  ) {
    this.#cluster = cluster
    this.#coordinator = coordinator
    this.#settings = settings
    this.#connections = connections
    const { requestTimeout } = cluster.settings
    this.#joining = new Connections(cluster.settings, settings.sessionTimeout + requestTimeout)
  }

  get standing(): Standing {
    const { instanceId } = this.#settings
    return { memberId: this.#memberId, generation: this.#generation, instanceId }
  }

  async join(
    topics: readonly string[],
    owned: readonly TopicPartition[],
  ): Promise<readonly TopicPartition[]> {
    this.#isJoining = true
    try {
      await this.#leaveFormer()
      for (;;) {
        const joined = await this.#askToJoin(topics, owned)
        if (!joined) continue
        const assigned = await this.#sync(joined)
        if (assigned) return assigned
      }
    } finally {
      this.#isJoining = false
    }
  }

  async beat(): Promise<Beat> {
    const { memberId, generation, instanceId } = this.standing
    if (memberId === '') return { kind: this.#isJoining ? 'member' : 'join' }
    const { sessionTimeout } = this.#settings
    const error = await this.#coordinator.call(this.#connections, sessionTimeout / 3, async (connection) => {
      const { group } = this.#coordinator
      const answer = await answered(
        heartbeatV4.api.async(connection, group, generation, memberId, instanceId),
      )
      refusePassing(answer.errorCode)
      return nameOfError(answer.errorCode)
    })
    if (error === 'NONE' || memberId !== this.#memberId) return { kind: 'member' }
    if (error === 'UNKNOWN_MEMBER_ID') {
      this.#memberId = ''
      return { kind: 'lost' }
    }
    // While it joins, its generation ends before it hears of the next one.
    if (this.#isJoining || generation !== this.#generation) return { kind: 'member' }
    if (error === 'REBALANCE_IN_PROGRESS') return { kind: 'join' }
    if (error === 'ILLEGAL_GENERATION') return { kind: 'lost' }
    throw new Refused('the heart-beat was refused', error)
  }

  forget(): void {
    this.#former = this.#memberId
    this.#memberId = ''
    this.#generation = -1
  }

  /** One with a name of its own keeps its place until its session runs out: it may be back before. */
  async leave(): Promise<void> {
    if (this.#memberId === '' || this.#settings.instanceId !== null) return
    await this.#leaveAs(this.#memberId, LEAVE)
    this.#memberId = ''
  }

  async close(): Promise<void> {
    await this.#joining.close()
  }

  async #leaveFormer(): Promise<void> {
    const former = this.#former
    this.#former = ''
    if (former !== '' && this.#settings.instanceId === null) await this.#leaveAs(former, 0).catch(() => {})
  }

  async #leaveAs(memberId: string, milliseconds: number): Promise<void> {
    const { group } = this.#coordinator
    const members = [{ memberId, groupInstanceId: null, reason: null }]
    await this.#coordinator.call(this.#connections, milliseconds, (connection) =>
      answered(leaveGroupV5.api.async(connection, group, members)),
    )
  }

  /** Undefined where it is to ask again under the id that it has got. */
  async #askToJoin(
    topics: readonly string[],
    owned: readonly TopicPartition[],
  ): Promise<joinGroupV9.JoinGroupResponse | undefined> {
    const { sessionTimeout, instanceId } = this.#settings
    const metadata = subscriptionOf(topics, owned, this.#generation)
    const answer = await this.#coordinator.call(this.#joining, JOIN, async (connection) => {
      const { group } = this.#coordinator
      const protocols = [{ name: ASSIGNOR, metadata }]
      const told = await answered(
        joinGroup.api.async(
          connection,
          group,
          sessionTimeout,
          sessionTimeout,
          this.#memberId,
          instanceId,
          TYPE,
          protocols,
          null,
        ),
      )
      refusePassing(told.errorCode)
      return told
    })
    const error = nameOfError(answer.errorCode)
    if (error === 'MEMBER_ID_REQUIRED') {
      this.#memberId = answer.memberId
      return undefined
    }
    this.#refuseLost(error)
    refuse('the group did not let this member in', answer.errorCode)
    this.#memberId = answer.memberId
    this.#generation = answer.generationId
    return answer
  }

  /** Undefined where the group has begun to join anew meanwhile. */
  async #sync(joined: joinGroupV9.JoinGroupResponse): Promise<readonly TopicPartition[] | undefined> {
    const leads = joined.leader === joined.memberId && !joined.skipAssignment
    const assignments = leads ? await this.#assign(joined) : []
    const { requestTimeout } = this.#cluster.settings
    const { group } = this.#coordinator
    const { generationId, memberId } = joined
    const answer = await this.#coordinator.call(this.#joining, requestTimeout, async (connection) => {
      const { instanceId } = this.#settings
      const told = await answered(
        syncGroupV5.api.async(
          connection,
          group,
          generationId,
          memberId,
          instanceId,
          TYPE,
          ASSIGNOR,
          assignments,
        ),
      )
      refusePassing(told.errorCode)
      return told
    })
    const error = nameOfError(answer.errorCode)
    if (error === 'REBALANCE_IN_PROGRESS') return undefined
    this.#refuseLost(error)
    refuse('the group did not tell this member what to own', answer.errorCode)
    return assignedIn(answer.assignment)
  }

  async #assign({
    members,
  }: joinGroupV9.JoinGroupResponse): Promise<syncGroupV5.SyncGroupRequestAssignment[]> {
    const joined = members.map(({ memberId, metadata }) => joinedIn(memberId, metadata))
    const topics = [...new Set(joined.flatMap((member) => member.topics))]
    await this.#cluster.refresh(topics)
    const partitions = topics.flatMap((topic) =>
      (this.#cluster.known(topic)?.leaders ?? []).map((_, partition) => ({ topic, partition })),
    )
    const shares = [...assignAll(joined, partitions)]
    return shares.map(([memberId, share]) => ({ memberId, assignment: assignmentOf(share) }))
  }

  #refuseLost(error: ErrorName): void {
    if (!LOST.has(error)) return
    this.#generation = -1
    if (error === 'UNKNOWN_MEMBER_ID') this.#memberId = ''
    throw new LostMembership(error)
  }
}
