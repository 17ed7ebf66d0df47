import type { ReceivedMessage } from '../broker.ts'
import type { Cluster, TopicLayout } from './cluster.ts'
import { Connections } from './connections.ts'
import { endsOf } from './offsets.ts'
import { type FetchFrom, fetchFrom } from './reading/fetch.ts'

/** Milliseconds that a broker waits for what is there already: none. */
const NO_WAIT = 0
/** Answers in a row that bring a partition no further. */
const PATIENCE = 20

interface Rest extends FetchFrom {
  offset: number
  readonly next: number
  readonly found: ReceivedMessage[]
  stalls: number
}

/** The last messages of each partition. What a transaction gave up, or compaction removed, is missing. */
export async function latestOf(
  cluster: Cluster,
  { name, id, leaders }: TopicLayout,
  limit: number,
): Promise<readonly ReceivedMessage[]> {
  const sources = leaders.map((_, partition) => ({ topic: name, partition }))
  const rests = (await endsOf(cluster, sources)).map(({ topic, partition, earliest, next }): Rest => {
    const offset = Math.max(earliest, next - limit)
    return { topic, topicId: id, partition, offset, next, found: [], stalls: 0 }
  })
  const connections = new Connections(cluster.settings)
  try {
    for (;;) {
      const open = rests.filter(({ offset, next, stalls }) => offset < next && stalls < PATIENCE)
      if (open.length === 0) return rests.flatMap(({ found }) => found)
      await readOn(cluster, connections, open)
    }
  } finally {
    await connections.close()
  }
}

async function readOn(cluster: Cluster, connections: Connections, open: readonly Rest[]): Promise<void> {
  for (const [leader, led] of Map.groupBy(open, (rest) => cluster.leaderOf(rest.topic, rest.partition))) {
    for (const { from, messages, next } of await fetchFrom(cluster, connections, leader, led, NO_WAIT)) {
      from.stalls = next > from.offset ? 0 : from.stalls + 1
      from.offset = next
      from.found.push(...messages.filter(({ offset }) => offset < from.next))
    }
  }
}
