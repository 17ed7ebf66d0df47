import type { Actual } from '../model.ts'
import type { SettingChange } from '../plan/index.ts'
import type { ClientSettings } from './client-settings.ts'
import { connect } from './connect.ts'
import { readCluster } from './read.ts'

/** A topic to create. */
export type NewTopic = {
  readonly topic: string
  readonly partitions: number
  readonly replication: number
  readonly settings: readonly SettingChange[]
}

/** A live cluster. Every method throws `ClusterUnreachable` or `ClusterRefused`. */
export type Cluster = {
  /** Everything, or only the named topics, as it is now. */
  readonly read: (names?: readonly string[]) => Promise<Actual>
  readonly create: (topic: NewTopic) => Promise<void>
  readonly grow: (topic: string, partitions: number) => Promise<void>
  readonly configure: (topic: string, settings: readonly SettingChange[]) => Promise<void>
  readonly remove: (topic: string) => Promise<void>
  readonly close: () => Promise<void>
}

const TOPIC = 2
const SET = 0
const DELETE = 1

/** Opens a cluster; the connection is made at the first use. */
export function openCluster(settings: ClientSettings): Cluster {
  const { ask, close } = connect(settings)
  return {
    read: (names) => readCluster(ask, names),
    create: ({ topic, partitions, replication, settings: configs }) =>
      ask(`Creating ${topic}`, async (admin) => {
        // The client gives all topics of a request the same settings, so a request has one topic.
        await admin.createTopics({
          topics: [{ topic, partitions, replicas: replication }],
          configs: configs.map(({ key, to }) => ({ name: key, value: to ?? '' })),
        })
      }),
    grow: (topic, count) =>
      ask(`Adding partitions to ${topic}`, (admin) =>
        // One call at a time: while one is under way the client takes every other for the same and never sends it
        // (its key for concurrent calls lacks the topic; see createPartitions in its lib/clients/admin/admin.ts).
        admin.createPartitions({ topics: [{ name: topic, count }] }),
      ),
    configure: (topic, changes) =>
      ask(`Changing the settings of ${topic}`, (admin) =>
        admin.incrementalAlterConfigs({
          resources: [{ resourceType: TOPIC, resourceName: topic, configs: changes.map(operation) }],
        }),
      ),
    remove: (topic) => ask(`Deleting ${topic}`, (admin) => admin.deleteTopics({ topics: [topic] })),
    close,
  }
}

function operation({ key, to }: SettingChange) {
  return to === null
    ? { name: key, configOperation: DELETE as typeof DELETE }
    : { name: key, configOperation: SET as typeof SET, value: to }
}
