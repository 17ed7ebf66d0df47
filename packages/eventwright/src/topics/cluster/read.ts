import { setTimeout } from 'node:timers/promises'
import type { Admin, ConfigDescription } from '@platformatic/kafka'
import type { Actual, ActualSetting, ActualTopic } from '../model.ts'
import type { Ask } from './connect.ts'
import { isAnswer } from './faults.ts'

const TOPIC = 2
const OF_THE_TOPIC = 1
const ATTEMPTS = 10
const PAUSE_MS = 300

/** Reads a cluster. A topic that is deleted while it is read makes the reading start again. */
export async function readCluster(ask: Ask, only?: readonly string[]): Promise<Actual> {
  return ask('Reading the cluster', async (admin) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await readOnce(admin, only)
      } catch (error) {
        if (attempt === ATTEMPTS || !isPassing(error)) throw error
        await setTimeout(PAUSE_MS)
      }
    }
  })
}

async function readOnce(admin: Admin, only: readonly string[] | undefined): Promise<Actual> {
  const all = await admin.listTopics({ includeInternals: false })
  const names = all.filter((name) => !name.startsWith('__') && (only === undefined || only.includes(name)))
  const metadata = await admin.metadata({ topics: names, forceUpdate: true })
  const described = names.length === 0 ? [] : await admin.describeConfigs(settingsOf(names))
  const topics = described.map((each) =>
    topicOf(each, metadata.topics.get(each.resourceName)?.partitions ?? []),
  )
  const known = described[0] && new Set(described[0].configs.map(({ name }) => name))
  return {
    cluster: metadata.id,
    brokers: metadata.brokers.size,
    topics: new Map(topics.map((topic) => [topic.name, topic])),
    ...(known === undefined ? {} : { known }),
  }
}

function settingsOf(names: readonly string[]) {
  const resources = names.map((resourceName) => ({ resourceType: TOPIC as typeof TOPIC, resourceName }))
  return { resources, includeSynonyms: true }
}

function topicOf(
  { resourceName, configs }: ConfigDescription,
  partitions: readonly { readonly replicas: readonly number[] }[],
): ActualTopic {
  return {
    name: resourceName,
    partitions: partitions.length,
    replication: partitions[0]?.replicas.length ?? 0,
    settings: new Map(configs.map((config) => [config.name, settingOf(config)])),
  }
}

function settingOf({ value, configSource, synonyms }: ConfigDescription['configs'][number]): ActualSetting {
  const own = configSource === OF_THE_TOPIC
  const fallback = synonyms.find(({ source }) => source !== OF_THE_TOPIC)?.value
  return { value: value ?? '', own, ...(typeof fallback === 'string' ? { fallback } : {}) }
}

/**
 * A topic went between being listed and being described, or is not led by anybody yet. The client hides the first
 * behind an error of its own, without the broker's answer (#performMetadata in its lib/clients/base/base.ts).
 */
function isPassing(error: unknown): boolean {
  if (error instanceof Error && /^Unknown topic /.test(error.message)) return true
  return isAnswer(
    error,
    'UNKNOWN_TOPIC_OR_PARTITION',
    'UNKNOWN_TOPIC_ID',
    'LEADER_NOT_AVAILABLE',
    'NOT_CONTROLLER',
  )
}
