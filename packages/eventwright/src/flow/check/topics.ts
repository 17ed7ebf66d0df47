import type { Topic } from '../model/index.ts'
import type { Fault, Rule } from './rule.ts'

export const topicContradiction: Rule = {
  code: 'topic-contradiction',
  *find(flow) {
    for (const topic of flow.topics.values()) if (!topic.internal) yield* faultsOf(topic)
  },
}

function* faultsOf(topic: Topic): Iterable<Fault> {
  const { cleanup, retention, replication, 'min-in-sync': inSync } = topic.settings
  const compacted = typeof cleanup === 'string' && cleanup.includes('compact')
  if (compacted) {
    const message = `\`${topic.name}\` is compacted, and carries events: of each aggregate only the last one would stay.`
    yield { place: topic.place, message, mend: 'Use `cleanup: delete`.' }
  }
  if (cleanup === 'compact' && retention !== undefined) {
    const message = `\`${topic.name}\` is only compacted, so its retention does nothing.`
    yield { place: topic.place, message, mend: 'Remove `retention`, or use `cleanup: delete`.' }
  }
  if (typeof replication === 'number' && typeof inSync === 'number' && inSync > replication) {
    const message = `\`${topic.name}\` wants ${inSync} copies in sync, and has ${replication}: nothing could be written.`
    yield { place: topic.place, message, mend: 'Lower `min-in-sync`, or raise `replication`.' }
  }
}
