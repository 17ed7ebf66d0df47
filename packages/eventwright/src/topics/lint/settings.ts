import type { Place } from '../../findings/index.ts'
import { topicConfig } from '../kafka/index.ts'
import type { DesiredTopic } from '../model.ts'

/** What holds for a setting: what is written, else Kafka's default at the place of the topic. */
export function settingOf(
  topic: DesiredTopic,
  key: string,
): { value: string; place: Place; written: boolean } {
  const setting = topic.settings.get(key)
  const value = setting?.value ?? topicConfig(key)?.default ?? ''
  return {
    value,
    place: setting?.place ?? topic.place,
    written: setting !== undefined && setting.value !== null,
  }
}

/** A duration or size as a number; without limit it is infinite. */
export function amountOf(topic: DesiredTopic, key: string): number {
  const { value } = settingOf(topic, key)
  return value === topicConfig(key)?.endless ? Number.POSITIVE_INFINITY : Number(value)
}

/** Whether the topic is compacted, and whether it deletes by age. */
export function cleanupOf(topic: DesiredTopic): { compacts: boolean; deletes: boolean } {
  const { value } = settingOf(topic, 'cleanup.policy')
  return { compacts: value.includes('compact'), deletes: value.includes('delete') }
}
