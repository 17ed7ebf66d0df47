import { ConfigResourceTypes, describeConfigsV4 } from '@platformatic/kafka'
import type { Cluster } from '../cluster.ts'

const DEFAULT = 1_048_588
const LIMIT = 'max.message.bytes'

/** Bytes that a message of this topic may have; Kafka's default where it cannot be asked. */
export async function topicLimit(cluster: Cluster, topic: string): Promise<number> {
  const asked = { resourceType: ConfigResourceTypes.TOPIC, resourceName: topic, configurationKeys: [LIMIT] }
  try {
    const connection = await cluster.connections.to(cluster.anyNode())
    const { results } = await describeConfigsV4.api.async(connection, [asked], false, false)
    const value = results[0]?.configs.find(({ name }) => name === LIMIT)?.value
    return Number(value ?? Number.NaN) || DEFAULT
  } catch {
    return DEFAULT
  }
}
