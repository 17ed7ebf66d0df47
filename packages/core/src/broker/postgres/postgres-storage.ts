import { refuseInsideWork } from '../../store/index.ts'
import type { PostgresDatabase } from '../../store/postgres/index.ts'
import type { BrokerStorage } from '../storage.ts'
import { beat } from './beat.ts'
import { changes } from './changes.ts'
import { commitOffsets } from './commit.ts'
import { generationOf, progressOf } from './groups.ts'
import { pruneMessages } from './prune.ts'
import { publishing } from './publishing.ts'
import { readMessages } from './read.ts'
import { allTopics, createTopic, endsOf } from './topics.ts'
import { updateGroup } from './update-group.ts'

/** The statements of a broker in a database that many processes share. */
export function postgresStorage(database: PostgresDatabase): BrokerStorage {
  const news = changes(database)
  const publisher = publishing(database, (ends) => {
    news.tell({ topics: [...new Set(ends.map(({ topic }) => topic))], ends })
  })
  return {
    url: database.url,
    assertUsable: (operation) => refuseInsideWork(database.resource, operation),
    createTopic: (topic, partitions) => createTopic(database, topic, partitions),
    topics: () => allTopics(database),
    append: (topic, messages, place) => publisher.append(topic, messages, place),
    read: (source, from, limit) => readMessages(database, source, from, limit),
    ends: (topics) => endsOf(database, database.schema, topics),
    progress: (group) => progressOf(database, group),
    generation: (group) => generationOf(database, group),
    beat: (group, member, milliseconds) => beat(database, group, member, milliseconds),
    async updateGroup(group, topics, change) {
      let rebalanced = false
      const generation = await updateGroup(database, group, topics, (state) => {
        const asked = change(state)
        rebalanced = asked.rebalance
        return asked
      })
      if (rebalanced) news.tell({ group })
      return generation
    },
    commit: (group, member, offsets) => commitOffsets(database, group, member, offsets),
    prune: (before, limit) => pruneMessages(database, before, limit),
    onChange: (listener) => news.listen(listener),
    async close() {
      await publisher.close()
      await news.close()
      await database.close()
    },
  }
}
