/** What a topic setting takes. */
export type ConfigKind = 'duration' | 'size' | 'count' | 'ratio' | 'boolean' | 'words' | 'list' | 'free'

/** A topic setting of Kafka. Numbers are text, since some do not fit into a JavaScript number. */
export type TopicConfig = {
  readonly kind: ConfigKind
  /** What a broker uses where neither the topic nor its own settings say anything. */
  readonly default: string
  readonly min?: string
  readonly max?: string
  /** The words that `words` and `list` take. */
  readonly words?: readonly string[]
  /** The value that means "without limit", written as `forever` or `unlimited`. */
  readonly endless?: string
  /** The first version that has it, where that is later than 3.7. */
  readonly since?: string
  /** The first version without it. */
  readonly until?: string
}

const LONG = '9223372036854775807'
const FIRST = '3.7'

/** The settings that a topic can have in Kafka 3.7 to 4.4, with their types, ranges and defaults as of 4.1. */
export const TOPIC_CONFIGS: Readonly<Record<string, TopicConfig>> = {
  'cleanup.policy': { kind: 'list', default: 'delete', words: ['compact', 'delete'] },
  'compression.gzip.level': { kind: 'count', default: '-1', min: '-1', max: '9', since: '3.8' },
  'compression.lz4.level': { kind: 'count', default: '9', min: '1', max: '17', since: '3.8' },
  'compression.type': {
    kind: 'words',
    default: 'producer',
    words: ['uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'],
  },
  'compression.zstd.level': { kind: 'count', default: '3', min: '-131072', max: '22', since: '3.8' },
  'delete.retention.ms': { kind: 'duration', default: '86400000', min: '0' },
  'errors.deadletterqueue.group.enable': { kind: 'boolean', default: 'false', since: '4.4' },
  'file.delete.delay.ms': { kind: 'duration', default: '60000', min: '0' },
  'flush.messages': { kind: 'count', default: LONG, min: '1' },
  'flush.ms': { kind: 'duration', default: LONG, min: '0', endless: LONG },
  'follower.replication.throttled.replicas': { kind: 'free', default: '' },
  'index.interval.bytes': { kind: 'size', default: '4096', min: '0' },
  'leader.replication.throttled.replicas': { kind: 'free', default: '' },
  'local.retention.bytes': { kind: 'size', default: '-2', min: '-2' },
  'local.retention.ms': { kind: 'duration', default: '-2', min: '-2' },
  'max.compaction.lag.ms': { kind: 'duration', default: LONG, min: '1', endless: LONG },
  'max.decompressed.message.bytes': { kind: 'size', default: '-1', since: '4.2' },
  'max.message.bytes': { kind: 'size', default: '1048588', min: '0', max: '2147483647' },
  'message.downconversion.enable': { kind: 'boolean', default: 'true', until: '4.0' },
  'message.format.version': { kind: 'free', default: '3.0-IV1', until: '4.0' },
  'message.timestamp.after.max.ms': { kind: 'duration', default: '3600000', min: '0', endless: LONG },
  'message.timestamp.before.max.ms': { kind: 'duration', default: LONG, min: '0', endless: LONG },
  'message.timestamp.difference.max.ms': {
    kind: 'duration',
    default: LONG,
    min: '0',
    endless: LONG,
    until: '4.0',
  },
  'message.timestamp.type': {
    kind: 'words',
    default: 'CreateTime',
    words: ['CreateTime', 'LogAppendTime'],
  },
  'min.cleanable.dirty.ratio': { kind: 'ratio', default: '0.5', min: '0', max: '1' },
  'min.compaction.lag.ms': { kind: 'duration', default: '0', min: '0' },
  'min.insync.replicas': { kind: 'count', default: '1', min: '1' },
  preallocate: { kind: 'boolean', default: 'false' },
  'remote.copy.lag.bytes': { kind: 'size', default: '-1', since: '4.4' },
  'remote.copy.lag.ms': { kind: 'duration', default: '-1', since: '4.4' },
  'remote.log.copy.disable': { kind: 'boolean', default: 'false', since: '3.9' },
  'remote.log.delete.on.disable': { kind: 'boolean', default: 'false', since: '3.9' },
  'remote.storage.enable': { kind: 'boolean', default: 'false' },
  'retention.bytes': { kind: 'size', default: '-1', min: '-1', endless: '-1' },
  'retention.ms': { kind: 'duration', default: '604800000', min: '-1', endless: '-1' },
  'segment.bytes': { kind: 'size', default: '1073741824', min: '1048576', max: '2147483647' },
  'segment.index.bytes': { kind: 'size', default: '10485760', min: '4', max: '2147483647' },
  'segment.jitter.ms': { kind: 'duration', default: '0', min: '0' },
  'segment.ms': { kind: 'duration', default: '604800000', min: '1' },
  'unclean.leader.election.enable': { kind: 'boolean', default: 'false' },
}

/** The setting of that name, if Kafka has one. */
export function topicConfig(key: string): TopicConfig | undefined {
  return Object.hasOwn(TOPIC_CONFIGS, key) ? TOPIC_CONFIGS[key] : undefined
}

/** Why a version of Kafka does not know a setting, or nothing where it does. */
export function missingIn(key: string, version: string): string | undefined {
  const { since = FIRST, until } = topicConfig(key) ?? {}
  if (isBefore(version, since)) return `is there from Kafka ${since} on`
  if (until !== undefined && !isBefore(version, until)) return `was removed in Kafka ${until}`
  return undefined
}

function isBefore(a: string, b: string): boolean {
  const [major = 0, minor = 0] = a.split('.').map(Number)
  const [otherMajor = 0, otherMinor = 0] = b.split('.').map(Number)
  return major !== otherMajor ? major < otherMajor : minor < otherMinor
}
