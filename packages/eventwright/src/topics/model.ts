import type { Place } from '../findings/index.ts'

/** What a topic is for; the lint asks of each use something else. */
export type Use = 'events' | 'commands' | 'state' | 'dead-letters'

/** All uses. */
export const USES: readonly Use[] = ['events', 'commands', 'state', 'dead-letters']

/** A number or a text with the place where it was written. */
export type Placed<T> = { readonly value: T; readonly place: Place }

/** A setting as Kafka takes it; `null` asks for the cluster's default. */
export type Setting = Placed<string | null> & {
  /** The key as it was written: `retention` for `retention.ms`. */
  readonly written: string
}

/** A topic as it should be in one environment. */
export type DesiredTopic = {
  readonly name: string
  readonly use: Use
  readonly place: Place
  readonly partitions: Placed<number>
  readonly replication: Placed<number>
  /** Whether the order of a key matters; then more partitions send keys elsewhere. */
  readonly keyed: boolean
  /** Of dead letters: the topic that they come from. */
  readonly of?: Placed<string>
  readonly owner?: string
  /** By Kafka's own key. */
  readonly settings: ReadonlyMap<string, Setting>
}

/** Where topics live. */
export type Environment = {
  readonly name: string
  readonly place: Place
  /** How many brokers it has. */
  readonly brokers?: number
  /** Where to reach it: HOST:PORT. */
  readonly bootstrap: readonly string[]
  /** The id that the cluster must have. */
  readonly cluster?: string
}

/** All topics as they should be in one environment. */
export type Desired = {
  readonly environment?: Environment
  readonly topics: readonly DesiredTopic[]
}

/** A setting as the cluster has it. */
export type ActualSetting = {
  readonly value: string
  /** Set on the topic itself; otherwise the value comes from the brokers' settings or from Kafka's defaults. */
  readonly own: boolean
  /** What it would be without being set on the topic, where the cluster tells. */
  readonly fallback?: string
}

/** A topic as the cluster has it. */
export type ActualTopic = {
  readonly name: string
  readonly partitions: number
  readonly replication: number
  readonly settings: ReadonlyMap<string, ActualSetting>
}

/** A cluster as it was read. */
export type Actual = {
  readonly cluster: string
  readonly brokers: number
  readonly topics: ReadonlyMap<string, ActualTopic>
  /** The settings of topics that this cluster knows; absent where it has no topic to ask about. */
  readonly known?: ReadonlySet<string>
}
