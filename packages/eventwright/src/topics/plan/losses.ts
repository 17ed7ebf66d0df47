import { readable, topicConfig } from '../kafka/index.ts'
import type { ActualTopic } from '../model.ts'

/** A setting that changes, as far as losses are asked about. */
export type Changing = {
  readonly key: string
  readonly to: string | null
  readonly fallback?: string
}

type Values = (key: string) => string

/** What compaction deletes of a topic that had none. */
export const COMPACTION = 'All but the last message of each key are deleted.'

/** What the brokers delete of a topic soon after its settings change, a sentence each. */
export function lossesOf(settings: readonly Changing[], topic: ActualTopic): string[] {
  const before: Values = (key) => topic.settings.get(key)?.value ?? topicConfig(key)?.default ?? ''
  const after: Values = (key) => {
    const change = settings.find((one) => one.key === key)
    return change === undefined ? before(key) : (change.to ?? change.fallback ?? defaultOf(key))
  }
  return [
    ...(begins('compact', before, after) ? [COMPACTION] : []),
    ...shrinking('retention.ms', before, after).map((kept) => `Messages older than ${kept} are deleted.`),
    ...shrinking('retention.bytes', before, after).map(
      (kept) => `The oldest messages beyond ${kept} a partition are deleted.`,
    ),
    ...remote(before, after),
  ]
}

function defaultOf(key: string): string {
  return topicConfig(key)?.default ?? ''
}

function begins(policy: 'compact' | 'delete', before: Values, after: Values): boolean {
  return after('cleanup.policy').includes(policy) && !before('cleanup.policy').includes(policy)
}

/** What is kept from now on, where it is less than before. */
function shrinking(key: string, before: Values, after: Values): string[] {
  if (!after('cleanup.policy').includes('delete')) return []
  const was = begins('delete', before, after) ? Number.POSITIVE_INFINITY : amount(before(key))
  return amount(after(key)) < was ? [readable(topicConfig(key), after(key))] : []
}

function amount(value: string): number {
  return Number(value) < 0 ? Number.POSITIVE_INFINITY : Number(value)
}

function remote(before: Values, after: Values): string[] {
  const ends = before('remote.storage.enable') === 'true' && after('remote.storage.enable') === 'false'
  return ends && after('remote.log.delete.on.disable') === 'true'
    ? ['All that lies in remote storage is deleted.']
    : []
}
