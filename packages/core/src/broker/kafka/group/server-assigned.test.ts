import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { consumerGroupHeartbeatV0 } from '@platformatic/kafka'
import { withoutKafka } from '../../../../../../scripts/kafka/broker.mjs'
import { eventually } from '../../../testing/broker/observe.ts'
import type { TopicPartition } from '../../storage.ts'
import { Cluster } from '../cluster.ts'
import { Connections } from '../connections.ts'
import { kafkaPlace } from '../fixtures/place.ts'
import { settingsOf } from '../options.ts'
import { parseKafkaUrl } from '../url.ts'
import { Coordinator } from './coordinator.ts'
import { ServerAssignedMembership } from './server-assigned.ts'

const NOTHING = () => []

class Group implements AsyncDisposable {
  readonly cluster: Cluster
  readonly coordinator: Coordinator
  readonly connections: Connections
  readonly topics: readonly string[]
  readonly #place: AsyncDisposable

  private constructor(place: AsyncDisposable & { readonly url: string; readonly prefix: string }) {
    const settings = settingsOf(parseKafkaUrl(place.url), {})
    this.cluster = new Cluster(settings)
    this.coordinator = new Coordinator(this.cluster, `${place.prefix}g`)
    this.connections = new Connections(settings)
    this.topics = [`${place.prefix}t`]
    this.#place = place
  }

  /** Of a topic with two partitions. */
  static async open(): Promise<Group> {
    const place = await kafkaPlace()
    await place.broker.ensureTopic('t', { partitions: 2 })
    return new Group(place)
  }

  async join() {
    const settings = { topics: this.topics, sessionTimeout: 10_000, instanceId: null }
    const member = new ServerAssignedMembership(this.cluster, this.coordinator, this.connections, settings)
    return { member, assigned: await member.join(this.topics, NOTHING) }
  }

  /** The first member, once it is to own both partitions: the coordinator hears of a new topic with a delay. */
  async joinAlone() {
    let { member, assigned } = await this.join()
    await eventually(async () => {
      if (assigned.length === 2) return
      const beat = await member.beat(() => assigned)
      if (beat.kind === 'member') assigned = beat.assigned ?? assigned
      assert.equal(assigned.length, 2)
    })
    return { member, assigned }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.connections.close()
    await this.cluster.close()
    await this.#place[Symbol.asyncDispose]()
  }
}

suite('a member of a group whose broker assigns', { skip: withoutKafka() }, () => {
  test('hears what it is to own also where the answer that told it was lost', async () => {
    await using group = await Group.open()
    const { member, assigned } = await group.joinAlone()
    await group.join()
    const { memberId, generation } = member.standing
    const topicId = group.cluster.known(group.topics[0] ?? '')?.id ?? ''
    const owned = [{ topicId, partitions: assigned.map(({ partition }) => partition) }]
    const name = group.coordinator.group
    await eventually(async () => {
      const lost = await group.coordinator.call(group.connections, 10_000, (connection) =>
        consumerGroupHeartbeatV0.api.async(
          connection,
          name,
          memberId,
          generation,
          null,
          null,
          -1,
          null,
          null,
          null,
          owned,
        ),
      )
      assert.ok(lost.assignment)
    })
    const beat = await member.beat(() => assigned)
    assert.equal(beat.kind === 'member' ? beat.assigned?.length : beat.kind, 1)
  })

  test('shows that it lives once at a time, with what it owns then', async () => {
    await using group = await Group.open()
    const { member } = await group.join()
    const order: string[] = []
    const owned = (turn: number) => (): readonly TopicPartition[] => {
      order.push(`asks ${turn}`)
      return []
    }
    const answered = (turn: number) => () => order.push(`has heard ${turn}`)
    await Promise.all([
      member.beat(owned(1)).then(answered(1)),
      member.join(group.topics, owned(2)).then(answered(2)),
      member.beat(owned(3)).then(answered(3)),
    ])
    assert.equal(order.length, 6)
    for (let at = 0; at < 6; at += 2) assert.equal(order[at + 1], order[at]?.replace('asks', 'has heard'))
  })
})
