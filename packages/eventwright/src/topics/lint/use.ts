import type { TopicReport } from '../codes.ts'
import { readable, topicConfig } from '../kafka/index.ts'
import type { Desired, DesiredTopic, Use } from '../model.ts'
import { checkDeadLetters } from './dead-letters.ts'
import { amountOf, cleanupOf, settingOf } from './settings.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const WEEK_MS = 7 * DAY_MS
const LARGEST_BYTES = 1_048_588

type Rule = (topic: DesiredTopic, desired: Desired, report: TopicReport) => void

const BY_USE: Readonly<Record<Use, Rule>> = {
  events: checkEvents,
  commands: checkCommands,
  state: checkState,
  'dead-letters': checkDeadLetters,
}

/** The settings of a topic against its use. */
export function checkUse(topic: DesiredTopic, desired: Desired, report: TopicReport): void {
  BY_USE[topic.use](topic, desired, report)
  checkCleanup(topic, report)
  checkSegments(topic, report)
  const size = settingOf(topic, 'max.message.bytes')
  if (Number(size.value) > LARGEST_BYTES) {
    const message = `\`${topic.name}\` takes messages of ${show('max.message.bytes', size.value)}.`
    const mend = 'Keep the default, and send what is larger by reference: the message carries a claim check.'
    report('message-large', size.place, message, mend)
  }
}

function checkEvents(topic: DesiredTopic, _: Desired, report: TopicReport): void {
  if (!cleanupOf(topic).compacts) return
  const message = `\`${topic.name}\` carries events, and is compacted.`
  const mend = 'Write `cleanup: delete`; or `use: state`, if each message is the whole of its key.'
  report('events-compacted', settingOf(topic, 'cleanup.policy').place, message, mend)
}

function checkCommands(topic: DesiredTopic, _: Desired, report: TopicReport): void {
  if (cleanupOf(topic).compacts) {
    const { place } = settingOf(topic, 'cleanup.policy')
    report(
      'commands-compacted',
      place,
      `\`${topic.name}\` carries commands, and is compacted.`,
      'Write `cleanup: delete`.',
    )
  }
  const { value, place, written } = settingOf(topic, 'retention.ms')
  if (!written || amountOf(topic, 'retention.ms') <= WEEK_MS) return
  const message = `\`${topic.name}\` keeps commands for ${show('retention.ms', value)}.`
  report(
    'commands-kept-long',
    place,
    message,
    'Keep them for as long as a consumer may be down: `retention: 1d`.',
  )
}

function checkState(topic: DesiredTopic, _: Desired, report: TopicReport): void {
  if (!cleanupOf(topic).compacts) {
    const { place } = settingOf(topic, 'cleanup.policy')
    const message = `\`${topic.name}\` carries state, and is not compacted.`
    report('state-not-compacted', place, message, 'Write `cleanup: compact`.')
    return
  }
  const tombstones = settingOf(topic, 'delete.retention.ms')
  if (Number(tombstones.value) < HOUR_MS) {
    const message = `\`${topic.name}\` keeps deletions for ${show('delete.retention.ms', tombstones.value)}.`
    report('tombstones-short', tombstones.place, message, 'Write `delete.retention.ms: 1d`.')
  }
  if (amountOf(topic, 'max.compaction.lag.ms') === Number.POSITIVE_INFINITY) {
    const { place } = settingOf(topic, 'max.compaction.lag.ms')
    const message = `\`${topic.name}\` has no limit to how long it goes without compaction.`
    report('compaction-unbounded', place, message, 'Write `max.compaction.lag.ms: 7d`.')
  }
}

function checkCleanup(topic: DesiredTopic, report: TopicReport): void {
  const { deletes } = cleanupOf(topic)
  if (deletes) return
  for (const key of ['retention.ms', 'retention.bytes']) {
    const { place, written } = settingOf(topic, key)
    if (!written || amountOf(topic, key) === Number.POSITIVE_INFINITY) continue
    const message = `\`${topic.name}\` is only compacted, and has ${topic.settings.get(key)?.written}.`
    report('retention-without-effect', place, message, 'Remove it, or write `cleanup: compact,delete`.')
  }
}

function checkSegments(topic: DesiredTopic, report: TopicReport): void {
  const retention = settingOf(topic, 'retention.ms')
  const segment = settingOf(topic, 'segment.ms')
  if (!cleanupOf(topic).deletes || Number(segment.value) <= amountOf(topic, 'retention.ms')) return
  const message = `\`${topic.name}\` keeps messages for ${show('retention.ms', retention.value)}, and closes a segment after ${show('segment.ms', segment.value)}.`
  const place = segment.written ? segment.place : retention.place
  report('segment-over-retention', place, message, 'Write a `segment.ms` of a fraction of the retention.')
}

function show(key: string, value: string): string {
  return readable(topicConfig(key), value)
}
