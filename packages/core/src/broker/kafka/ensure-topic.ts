import { createTopicsV7 } from '@platformatic/kafka'
import { BrokerUnreachable } from '../errors.ts'
import type { Cluster, TopicLayout } from './cluster.ts'
import { answered, nameOfError } from './protocol.ts'

const PAUSE = 50
const UNSEEN = 20_000
/** Looks at a topic that is not there: what was just made is not known to every node at once. */
const LOOKS = 8

/** The topic as it is, undefined where there is none. */
export async function findTopic(cluster: Cluster, topic: string): Promise<TopicLayout | undefined> {
  for (let look = 1; ; look += 1) {
    await cluster.refresh([topic])
    const found = cluster.known(topic)
    if ((found && found.leaders.length > 0) || look === LOOKS) return found
    await new Promise((resolve) => setTimeout(resolve, PAUSE))
  }
}

/** Makes the topic if it is not there. Gives it when it can be written to. @throws BrokerUnreachable */
export async function ensureTopic(cluster: Cluster, topic: string, partitions: number): Promise<TopicLayout> {
  await cluster.refresh([topic])
  if (!isUsable(cluster.known(topic))) await create(cluster, topic, partitions)
  const until = performance.now() + UNSEEN
  for (;;) {
    const found = cluster.known(topic)
    if (found && isUsable(found)) return found
    if (performance.now() > until)
      throw new BrokerUnreachable(
        cluster.url,
        `has made topic "${cluster.shown(topic)}", and no node leads it`,
      )
    await new Promise((resolve) => setTimeout(resolve, PAUSE))
    await cluster.refresh([topic])
  }
}

function isUsable(layout: TopicLayout | undefined): boolean {
  return layout !== undefined && layout.leaders.length > 0 && !layout.leaders.includes(-1)
}

async function create(cluster: Cluster, topic: string, partitions: number): Promise<void> {
  const { replicationFactor, requestTimeout } = cluster.settings
  const wanted = { name: topic, numPartitions: partitions, replicationFactor, assignments: [], configs: [] }
  const connection = await cluster.connections.to(cluster.anyNode())
  const answer = await answered(createTopicsV7.api.async(connection, [wanted], requestTimeout, false))
  const [made] = answer.topics
  const error = nameOfError(made?.errorCode ?? 0)
  if (error === 'NONE' || error === 'TOPIC_ALREADY_EXISTS') return
  const why = made?.errorMessage ? `${error}, ${made.errorMessage}` : error
  throw new BrokerUnreachable(cluster.url, `did not make topic "${cluster.shown(topic)}": ${why}`)
}
