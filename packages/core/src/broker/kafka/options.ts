import type { ConnectionOptions } from 'node:tls'

/** How record batches are compressed; every reader reads them all. */
export type KafkaCompression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'

/** Who logs in, and how. A function is asked again for each connection, as for tokens that expire. */
export interface KafkaSasl {
  readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512' | 'OAUTHBEARER'
  readonly username?: string | (() => string | Promise<string>)
  readonly password?: string | (() => string | Promise<string>)
  readonly token?: string | (() => string | Promise<string>)
}

/** What is said of a cluster beside its address. Times are milliseconds. */
export interface KafkaOptions {
  /** What the cluster calls this client in its logs and quotas; default `eventwright`. */
  readonly clientId?: string
  /** Stands before the name of every topic and group, so that several systems share one cluster; default none. */
  readonly prefix?: string
  /**
   * How an event is sent: `structured` (default), all of it as JSON in the value; `binary`, its attributes in
   * headers `ce_…` and its data in the value. Both are read, whatever is chosen here.
   */
  readonly format?: 'structured' | 'binary'
  /** Default `none`. */
  readonly compression?: KafkaCompression
  /** Copies of each partition of topics that `ensureTopic` makes; default what the cluster is set to. */
  readonly replicationFactor?: number
  /** Milliseconds after which a publish that was not confirmed rejects; default 30 000. */
  readonly publishTimeout?: number
  /** Milliseconds for one connection to be made; default 5000. */
  readonly connectTimeout?: number
  /** Milliseconds for one answer; default 10 000. */
  readonly requestTimeout?: number
  /** Milliseconds between two heart-beats of a member, at most a third of its session time-out; default 1000. */
  readonly heartbeatInterval?: number
  /** Milliseconds in which acknowledgements are gathered into one commit; default 50. */
  readonly commitInterval?: number
  /** Milliseconds after which partitions that an operator added are written to and read; default 60 000. */
  readonly refreshInterval?: number
  /** `classic` (default), or `consumer`: the one of KIP-848, Kafka 4.0 or newer, whose broker assigns partitions. */
  readonly groupProtocol?: 'classic' | 'consumer'
  /**
   * Static membership: a name of this process, the same after each start and different in each instance. Who comes
   * back within the session time-out keeps its partitions, and nobody else's move.
   */
  readonly instanceId?: string
  readonly sasl?: KafkaSasl
  /** `true`, or what `tls.connect` of Node.js takes. */
  readonly tls?: boolean | ConnectionOptions
}

/** The options with their defaults. */
export interface KafkaSettings extends Required<Omit<KafkaOptions, 'instanceId' | 'sasl' | 'tls'>> {
  readonly instanceId?: string
  readonly sasl?: KafkaSasl
  readonly tls?: ConnectionOptions
  readonly bootstrap: readonly BrokerAddress[]
  /** For messages: no secret is in it. */
  readonly url: string
}

export interface BrokerAddress {
  readonly host: string
  readonly port: number
}

export function settingsOf({ url, bootstrap, ...parsed }: ParsedUrl, given: KafkaOptions): KafkaSettings {
  const { tls, ...options } = { ...parsed, ...given }
  return {
    clientId: 'eventwright',
    prefix: '',
    format: 'structured',
    compression: 'none',
    replicationFactor: -1,
    publishTimeout: 30_000,
    connectTimeout: 5000,
    requestTimeout: 10_000,
    heartbeatInterval: 1000,
    commitInterval: 50,
    refreshInterval: 60_000,
    groupProtocol: 'classic',
    ...options,
    ...(tls ? { tls: tls === true ? {} : tls } : {}),
    url,
    bootstrap,
  }
}

export interface ParsedUrl extends Pick<KafkaOptions, 'prefix' | 'sasl' | 'tls'> {
  readonly bootstrap: readonly BrokerAddress[]
  readonly url: string
}
