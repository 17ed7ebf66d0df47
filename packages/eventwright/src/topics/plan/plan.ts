import { sameValue, topicConfig } from '../kafka/index.ts'
import type { Actual, ActualTopic, Desired, DesiredTopic, Setting, Use } from '../model.ts'
import { lossesOf } from './losses.ts'
import { type Refusal, refusalsOf } from './refusals.ts'

/** A setting that changes; `to` is null where it goes back to the cluster's default. */
export type SettingChange = {
  readonly key: string
  readonly from?: string
  readonly to: string | null
  /** Where `to` is null, the value that then holds, if the cluster tells. */
  readonly fallback?: string
}

/** What is to be done to one topic, and why it may not be. */
export type TopicChange = {
  readonly action: 'create' | 'change' | 'delete'
  readonly topic: string
  readonly use?: Use
  readonly partitions: { readonly from?: number; readonly to: number }
  readonly replication: { readonly from?: number; readonly to: number }
  readonly settings: readonly SettingChange[]
  /** What the brokers delete because of the new settings, a sentence each. */
  readonly losses: readonly string[]
  /** Something of it cannot be done safely; then nothing is applied. */
  readonly refusals: readonly Refusal[]
}

/** A setting on a topic of the file that the file does not say. */
export type ExtraSetting = { readonly topic: string; readonly key: string; readonly value: string }

/** What lies between a file and a cluster. */
export type Plan = {
  readonly cluster: string
  readonly brokers: number
  readonly environment?: string
  readonly changes: readonly TopicChange[]
  /** Topics that are as the file says. */
  readonly unchanged: readonly string[]
  /** Topics that the file does not have; they are left alone. */
  readonly unmanaged: readonly string[]
  /** Settings that the file does not have, on topics that it has; they are left alone. */
  readonly extra: readonly ExtraSetting[]
}

/** What the user allows beyond the safe. */
export type Allowed = {
  /** More partitions of a topic whose keys are in order. */
  readonly keyRemap?: boolean
  /** Settings after which the brokers delete messages that they keep now. */
  readonly messageLoss?: boolean
  /** The topics to delete, by name. */
  readonly delete?: readonly string[]
}

/** Compares what should be with what is. Pure: applying the plan and planning again gives no changes. */
export function planTopics(desired: Desired, actual: Actual, allowed: Allowed = {}): Plan {
  const managed = new Set(desired.topics.map(({ name }) => name))
  const changes = desired.topics.map((topic) => changeOf(topic, actual, allowed))
  const others = [...actual.topics.values()].filter(({ name }) => !managed.has(name))
  const doomed = others.filter(({ name }) => allowed.delete?.includes(name))
  const environment = desired.environment?.name
  return {
    cluster: actual.cluster,
    brokers: actual.brokers,
    ...(environment === undefined ? {} : { environment }),
    changes: [...changes.filter((change) => change !== undefined), ...doomed.map(deletion)].sort(byTopic),
    unchanged: desired.topics.filter((_, index) => changes[index] === undefined).map(({ name }) => name),
    unmanaged: others
      .filter((topic) => !doomed.includes(topic))
      .map(({ name }) => name)
      .sort(),
    extra: desired.topics.flatMap((topic) => extrasOf(topic, actual.topics.get(topic.name))),
  }
}

function byTopic(a: TopicChange, b: TopicChange): number {
  return a.topic < b.topic ? -1 : 1
}

function changeOf(topic: DesiredTopic, actual: Actual, allowed: Allowed): TopicChange | undefined {
  const found = actual.topics.get(topic.name)
  const settings = [...topic.settings].flatMap(([key, setting]) => settingChange(key, setting, found))
  const base = {
    topic: topic.name,
    use: topic.use,
    partitions: between(found?.partitions, topic.partitions.value),
    replication: between(found?.replication, topic.replication.value),
    settings: settings.sort((a, b) => (a.key < b.key ? -1 : 1)),
    losses: found === undefined ? [] : lossesOf(settings, found),
  }
  const same = (count: { from?: number; to: number }): boolean => count.from === count.to
  if (found && same(base.partitions) && same(base.replication) && settings.length === 0) return undefined
  const refusals = refusalsOf(base, topic, actual, allowed)
  return { action: found ? 'change' : 'create', ...base, refusals }
}

function between(from: number | undefined, to: number): { from?: number; to: number } {
  return from === undefined ? { to } : { from, to }
}

function settingChange(key: string, { value }: Setting, topic: ActualTopic | undefined): SettingChange[] {
  const now = topic?.settings.get(key)
  if (value === null) return now?.own ? [backToDefault(key, now)] : []
  if (now === undefined) return [{ key, to: value }]
  return sameValue(topicConfig(key), now.value, value) ? [] : [{ key, from: now.value, to: value }]
}

function backToDefault(
  key: string,
  { value, fallback }: { value: string; fallback?: string },
): SettingChange {
  return fallback === undefined ? { key, from: value, to: null } : { key, from: value, to: null, fallback }
}

function extrasOf(topic: DesiredTopic, found: ActualTopic | undefined): ExtraSetting[] {
  const own = [...(found?.settings ?? [])].filter(([key, setting]) => setting.own && !topic.settings.has(key))
  return own.map(([key, { value }]) => ({ topic: topic.name, key, value }))
}

function deletion({ name, partitions, replication }: ActualTopic): TopicChange {
  const counts = { partitions: { from: partitions, to: 0 }, replication: { from: replication, to: 0 } }
  return { action: 'delete', topic: name, ...counts, settings: [], losses: [], refusals: [] }
}

/** Whether something of the plan is refused. */
export function isRefused(plan: Plan): boolean {
  return plan.changes.some(({ refusals }) => refusals.length > 0)
}
