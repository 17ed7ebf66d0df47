import { partitionKey } from '../../group/assignment.ts'
import type { Cluster } from '../cluster.ts'
import type { Connections } from '../connections.ts'
import { endsOf } from '../offsets.ts'
import { committedOf } from './committed.ts'
import type { Coordinator } from './coordinator.ts'

/** Messages of these topics, or of all that the group has read, from the lowest on that the group has not committed. */
export async function lagOf(
  cluster: Cluster,
  coordinator: Coordinator,
  connections: Connections,
  topics?: readonly string[],
): Promise<number> {
  const { requestTimeout } = cluster.settings
  const committed = await committedOf(coordinator, connections, requestTimeout)
  const meant = topics ?? [...new Set(committed.map(({ topic }) => topic))]
  await cluster.refresh(meant)
  const partitions = meant.flatMap((topic) =>
    (cluster.known(topic)?.leaders ?? []).map((_, partition) => ({ topic, partition })),
  )
  const offsets = new Map(
    committed.map(({ topic, partition, offset }) => [partitionKey(topic, partition), offset]),
  )
  let lag = 0
  for (const { topic, partition, earliest, next } of await endsOf(cluster, partitions)) {
    lag += Math.max(0, next - Math.max(earliest, offsets.get(partitionKey(topic, partition)) ?? earliest))
  }
  return lag
}
