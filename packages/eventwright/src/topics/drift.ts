import { type Place, type Sources, suggestion } from '../findings/index.ts'
import { createReport, type TopicFinding, type TopicReport } from './codes.ts'
import { readable, topicConfig } from './kafka/index.ts'
import type { Desired, DesiredTopic } from './model.ts'
import type { Plan, TopicChange } from './plan/index.ts'

/** What a live cluster has otherwise than the file says, each at its place in the file. */
export function driftOf(desired: Desired, plan: Plan, sources: Sources): TopicFinding[] {
  const report = createReport()
  const byName = new Map(desired.topics.map((topic) => [topic.name, topic]))
  for (const change of plan.changes) {
    const topic = byName.get(change.topic)
    if (topic !== undefined) reportChange(change, topic, report)
  }
  for (const { topic, key, value } of plan.extra) {
    const place = byName.get(topic)?.place ?? placeOf(sources)
    const shown = readable(topicConfig(key), value)
    const message = `\`${topic}\` has ${key} = ${shown} in the cluster, which the file does not say.`
    report(
      'drift-unmanaged-setting',
      place,
      message,
      `Write \`${key}: ${shown}\`, or \`${key}: default\` to reset it.`,
    )
  }
  for (const topic of plan.unmanaged) {
    const message = `The cluster has a topic \`${topic}\`, which the file does not have.`
    const near = suggestion(topic, byName.keys())
    const mend = near.startsWith('Did') ? `${near} Else declare it.` : 'Declare it, or delete it by hand.'
    report('drift-unmanaged-topic', placeOf(sources), message, mend)
  }
  return [...report.findings]
}

/** What is not in the file is shown at its first character. */
function placeOf(sources: Sources): Place {
  return { file: [...sources.keys()][0] ?? '', line: 1, column: 1, length: 1 }
}

function reportChange(change: TopicChange, topic: DesiredTopic, report: TopicReport): void {
  const { name, place } = topic
  if (change.action === 'create') {
    report('drift-missing-topic', place, `The cluster has no topic \`${name}\`.`, 'Apply the file.')
    return
  }
  const { partitions, replication } = change
  if (partitions.from !== partitions.to) {
    const message = `\`${name}\` has ${partitions.from} partitions in the cluster, and ${partitions.to} in the file.`
    report('drift-partitions', topic.partitions.place, message, 'Apply the file, or write what is there.')
  }
  if (replication.from !== replication.to) {
    const message = `\`${name}\` has ${replication.from} copies in the cluster, and ${replication.to} in the file.`
    report(
      'drift-replication',
      topic.replication.place,
      message,
      'Reassign its partitions, or write what is there.',
    )
  }
  for (const { key, from, to, fallback } of change.settings) {
    const show = (value: string): string => readable(topicConfig(key), value)
    const wanted = to === null ? `the default (${show(fallback ?? '?')})` : show(to)
    const message = `\`${name}\` has ${key} = ${show(from ?? '?')} in the cluster, and ${wanted} in the file.`
    const at = topic.settings.get(key)?.place ?? place
    report('drift-setting', at, message, 'Apply the file, or write what is there.')
  }
}
