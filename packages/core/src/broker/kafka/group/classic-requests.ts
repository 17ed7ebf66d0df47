import {
  heartbeatV4,
  joinGroupV9 as joinGroup,
  type joinGroupV9,
  leaveGroupV5,
  syncGroupV5 as syncGroup,
  type syncGroupV5,
} from '@platformatic/kafka'
import type { Connections } from '../connections.ts'
import { answered, type ErrorName, nameOfError } from '../protocol.ts'
import { type Coordinator, refusePassing } from './coordinator.ts'
import { JOIN, type Standing } from './membership.ts'

const TYPE = 'consumer'
/** All members of a group must have it: no others join ours, and ours join no others. */
const ASSIGNOR = 'eventwright-cooperative'

/** Who asks to join, and what it wants. */
interface Candidate {
  readonly memberId: string
  readonly instanceId: string | null
  readonly subscription: Buffer
}

/** Who asks what it is to own; a leader says at the same time what all are to own. */
interface Assigning extends Standing {
  readonly assignments: syncGroupV5.SyncGroupRequestAssignment[]
}

/** What the classic protocol asks of a coordinator. Answers come as they are; only what passes is refused here. */
export class ClassicRequests {
  readonly #coordinator: Coordinator
  readonly #connections: Connections

  constructor(coordinator: Coordinator, connections: Connections) {
    this.#coordinator = coordinator
    this.#connections = connections
  }

  /** What the coordinator says of one that shows that it lives. */
  async beat({ memberId, generation, instanceId }: Standing, milliseconds: number): Promise<ErrorName> {
    const { group } = this.#coordinator
    return this.#coordinator.call(this.#connections, milliseconds, async (connection) => {
      const answer = await answered(
        heartbeatV4.api.async(connection, group, generation, memberId, instanceId),
      )
      refusePassing(answer.errorCode)
      return nameOfError(answer.errorCode)
    })
  }

  async leave(memberId: string, milliseconds: number): Promise<void> {
    const { group } = this.#coordinator
    const members = [{ memberId, groupInstanceId: null, reason: null }]
    await this.#coordinator.call(this.#connections, milliseconds, (connection) =>
      answered(leaveGroupV5.api.async(connection, group, members)),
    )
  }

  /** The candidate is asked for with each try: it may have become another meanwhile. */
  join(
    connections: Connections,
    sessionTimeout: number,
    candidate: () => Candidate,
  ): Promise<joinGroupV9.JoinGroupResponse> {
    const { group } = this.#coordinator
    return this.#coordinator.call(connections, JOIN, async (connection) => {
      const { memberId, instanceId, subscription } = candidate()
      const protocols = [{ name: ASSIGNOR, metadata: subscription }]
      const told = await answered(
        joinGroup.api.async(
          connection,
          group,
          sessionTimeout,
          sessionTimeout,
          memberId,
          instanceId,
          TYPE,
          protocols,
          null,
        ),
      )
      refusePassing(told.errorCode)
      return told
    })
  }

  sync(
    connections: Connections,
    milliseconds: number,
    { memberId, generation, instanceId, assignments }: Assigning,
  ): Promise<syncGroupV5.SyncGroupResponse> {
    const { group } = this.#coordinator
    return this.#coordinator.call(connections, milliseconds, async (connection) => {
      const told = await answered(
        syncGroup.api.async(connection, group, generation, memberId, instanceId, TYPE, ASSIGNOR, assignments),
      )
      refusePassing(told.errorCode)
      return told
    })
  }
}
