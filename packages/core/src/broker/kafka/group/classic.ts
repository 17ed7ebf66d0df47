import type { joinGroupV9, syncGroupV5 } from '@platformatic/kafka'
import type { TopicPartition } from '../../storage.ts'
import type { Cluster } from '../cluster.ts'
import { Connections } from '../connections.ts'
import { type ErrorName, nameOfError, Refused, refuse } from '../protocol.ts'
import { assignAll } from './assignor.ts'
import { ClassicRequests } from './classic-requests.ts'
import { assignedIn, assignmentOf, joinedIn, subscriptionOf } from './classic-wire.ts'
import type { Coordinator } from './coordinator.ts'
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

const NO_GENERATION = -1
const LOST = new Set<ErrorName>(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION'])

/** The protocol in which one member, the leader, says who owns what. */
export class ClassicMembership implements Membership {
  readonly #cluster: Cluster
  readonly #settings: MembershipSettings
  readonly #requests: ClassicRequests
  /** What joins waits for the other members, and must not keep heart-beats and commits waiting. */
  readonly #joining: Connections
  #memberId = ''
  #former: Standing | undefined
  #generation = NO_GENERATION
  #isJoining = false
  /** It was given what somebody of its name had, who may have died while partitions moved: they are nobody's then. */
  #mayBeBack = false

  constructor(
    cluster: Cluster,
    coordinator: Coordinator,
    connections: Connections,
    settings: MembershipSettings,
  ) {
    this.#cluster = cluster
    this.#settings = settings
    this.#requests = new ClassicRequests(coordinator, connections)
    const { requestTimeout } = cluster.settings
    this.#joining = new Connections(cluster.settings, settings.sessionTimeout + requestTimeout)
  }

  get standing(): Standing {
    const { instanceId } = this.#settings
    return { memberId: this.#memberId, generation: this.#generation, instanceId }
  }

  isStill({ memberId, generation }: Standing): boolean {
    return memberId === this.#memberId && generation === this.#generation
  }

  async join(topics: readonly string[], owned: Owned): Promise<readonly TopicPartition[]> {
    this.#isJoining = true
    try {
      await this.#partFromFormer()
      this.#mayBeBack = this.#memberId === '' && this.#settings.instanceId !== null
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
    if (generation === NO_GENERATION) return { kind: this.#isJoining ? 'member' : 'join' }
    if (this.#mayBeBack && !this.#isJoining) {
      this.#mayBeBack = false
      return { kind: 'join' }
    }
    const { sessionTimeout } = this.#settings
    const error = await this.#requests.beat({ memberId, generation, instanceId }, sessionTimeout / 3)
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
    if (this.#memberId !== '') this.#former = this.standing
    this.#memberId = ''
    this.#generation = NO_GENERATION
    // What it asked as who it was may wait on a connection that is dead.
    void this.#joining.renew().catch(() => {})
  }

  /** One with a name of its own keeps its place until its session runs out: it may be back before. */
  async leave(): Promise<void> {
    if (this.#memberId === '' || this.#settings.instanceId !== null) return
    await this.#requests.leave(this.#memberId, LEAVE)
    this.#memberId = ''
  }

  async close(): Promise<void> {
    await this.#joining.close()
  }

  /** Who it was leaves. Who has a name asks first: another may have it by now, and is not to be driven out. */
  async #partFromFormer(): Promise<void> {
    const former = this.#former
    if (former === undefined) return
    if (former.instanceId === null) await this.#requests.leave(former.memberId, 0).catch(() => {})
    else if ((await this.#requests.beat(former, JOIN)) === 'FENCED_INSTANCE_ID')
      throw new Refused('the group did not let this member in', 'FENCED_INSTANCE_ID')
    this.#former = undefined
  }

  /** Undefined where it is to ask again under the id that it has got. */
  async #askToJoin(
    topics: readonly string[],
    owned: Owned,
  ): Promise<joinGroupV9.JoinGroupResponse | undefined> {
    const { sessionTimeout, instanceId } = this.#settings
    const answer = await this.#requests.join(this.#joining, sessionTimeout, () => {
      // It became somebody else while it asked, and has to part from who it was first.
      if (this.#former !== undefined) throw new Refused('the group was left', 'UNKNOWN_MEMBER_ID')
      const subscription = subscriptionOf(topics, owned(), this.#generation)
      return { memberId: this.#memberId, instanceId, subscription }
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
    const { instanceId } = this.#settings
    const answer = await this.#requests.sync(this.#joining, requestTimeout, {
      memberId: joined.memberId,
      generation: joined.generationId,
      instanceId,
      assignments,
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
    this.#generation = NO_GENERATION
    if (error === 'UNKNOWN_MEMBER_ID') this.#memberId = ''
    throw new LostMembership(error)
  }
}
