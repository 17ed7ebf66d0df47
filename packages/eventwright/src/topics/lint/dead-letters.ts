import type { TopicReport } from '../codes.ts'
import type { Desired, DesiredTopic } from '../model.ts'
import { amountOf, cleanupOf, settingOf } from './settings.ts'

/** Dead letters against the topic that they come from. */
export function checkDeadLetters(topic: DesiredTopic, desired: Desired, report: TopicReport): void {
  if (cleanupOf(topic).compacts) {
    const { place } = settingOf(topic, 'cleanup.policy')
    const message = `\`${topic.name}\` carries dead letters, and is compacted.`
    report('dead-letters-compacted', place, message, 'Write `cleanup: delete`.')
  }
  const source = sourceOf(topic, desired.topics)
  if (source === undefined) reportMissing(topic, report)
  else compare(topic, source, report)
}

function compare(topic: DesiredTopic, source: DesiredTopic, report: TopicReport): void {
  const { value, place } = topic.partitions
  if (value < source.partitions.value) {
    const message = `\`${topic.name}\` has ${value} partitions, and \`${source.name}\` has ${source.partitions.value}.`
    report(
      'dead-letters-partitions',
      place,
      message,
      `Write \`partitions: ${source.partitions.value}\`, or more.`,
    )
  }
  if (cleanupOf(source).compacts || amountOf(topic, 'retention.ms') > amountOf(source, 'retention.ms')) return
  const retention = settingOf(topic, 'retention.ms')
  const message = `\`${topic.name}\` keeps its messages no longer than \`${source.name}\`.`
  report('dead-letters-shorter', retention.place, message, 'Write twice the retention of that topic.')
}

/** What `of:` names, else the topic whose name begins it: `shop.orders` of `shop.orders.billing.dlq`. */
function sourceOf(topic: DesiredTopic, topics: readonly DesiredTopic[]): DesiredTopic | undefined {
  if (topic.of !== undefined) return topics.find(({ name }) => name === topic.of?.value)
  const before = topics.filter(({ name }) => name !== topic.name && topic.name.startsWith(`${name}.`))
  return before.sort((a, b) => b.name.length - a.name.length)[0]
}

function reportMissing({ name, of, place }: DesiredTopic, report: TopicReport): void {
  if (of === undefined) return
  const message = `\`${name}\` has the dead letters of \`${of.value}\`, and there is no such topic.`
  report('dead-letters-of-nothing', of.place ?? place, message, 'Name a topic of this file.')
}
