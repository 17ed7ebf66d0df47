import { type Codes, createReport as create, type Finding, type Report } from '../findings/index.ts'

/** The code of a finding in a topic file: stable, kebab-case. */
export type TopicCode =
  | 'yaml-syntax'
  | 'duplicate-key'
  | 'alias-limit'
  | 'empty-file'
  | 'wrong-shape'
  | 'unknown-key'
  | 'unsupported-version'
  | 'unknown-use'
  | 'config-unknown'
  | 'config-value'
  | 'config-version'
  | 'topic-name'
  | 'topic-name-collision'
  | 'topic-name-pattern'
  | 'topic-name-internal'
  | 'replication-over-brokers'
  | 'replication-low'
  | 'min-in-sync-over-replication'
  | 'min-in-sync-blocks'
  | 'min-in-sync-low'
  | 'events-compacted'
  | 'commands-compacted'
  | 'commands-kept-long'
  | 'state-not-compacted'
  | 'retention-without-effect'
  | 'tombstones-short'
  | 'compaction-unbounded'
  | 'dead-letters-of-nothing'
  | 'dead-letters-shorter'
  | 'dead-letters-partitions'
  | 'dead-letters-compacted'
  | 'segment-over-retention'
  | 'message-large'
  | 'unclean-election'
  | 'environment-unknown-topic'
  | 'drift-missing-topic'
  | 'drift-partitions'
  | 'drift-replication'
  | 'drift-setting'
  | 'drift-unmanaged-setting'
  | 'drift-unmanaged-topic'

export type TopicFinding = Finding<TopicCode>
export type TopicReport = Report<TopicCode>

/** Every code with its level and the reason behind it. A code is never renamed and never used for something else. */
export const TOPIC_CODES: Codes<TopicCode> = {
  'yaml-syntax': { level: 'broken', why: 'What is not YAML cannot be read any further.' },
  'duplicate-key': { level: 'broken', why: 'Of two equal keys one would be lost without a word.' },
  'alias-limit': { level: 'broken', why: 'Aliases that expand without end would exhaust the memory.' },
  'empty-file': { level: 'broken', why: 'A topic file holds at least its version and `topics:`.' },
  'wrong-shape': { level: 'broken', why: 'The value has another form than this key takes.' },
  'unknown-key': { level: 'broken', why: 'A key that nothing reads is nearly always a misspelled one.' },
  'unsupported-version': {
    level: 'broken',
    why: 'The number after `eventwright-topics:` is the version of the file format.',
  },
  'unknown-use': { level: 'broken', why: 'The use decides what a topic is asked for.' },
  'config-unknown': { level: 'error', why: 'Kafka refuses a topic with a setting that it does not know.' },
  'config-value': { level: 'error', why: 'Kafka would refuse the value, or take it for something else.' },
  'config-version': {
    level: 'error',
    why: 'The brokers refuse a setting that their version does not have.',
  },
  'topic-name': {
    level: 'error',
    why: 'Kafka takes letters, digits, dots, hyphens and _, at most 249 of them.',
  },
  'topic-name-collision': {
    level: 'error',
    why: 'In metrics a dot becomes a _, so Kafka refuses a topic that differs from another one only there.',
  },
  'topic-name-pattern': { level: 'error', why: 'The file says how topics are named here.' },
  'topic-name-internal': { level: 'error', why: 'Two leading _ mark topics that Kafka keeps for itself.' },
  'replication-over-brokers': {
    level: 'error',
    why: 'Each copy needs a broker of its own; Kafka refuses the topic.',
  },
  'replication-low': {
    level: 'warning',
    why: 'With fewer than 3 copies the loss of one broker leaves no room for another, not even for a restart.',
  },
  'min-in-sync-over-replication': {
    level: 'error',
    why: 'More copies must be in sync than there are: nothing could ever be written.',
  },
  'min-in-sync-blocks': {
    level: 'error',
    why: 'If all copies must be in sync, the restart of any broker stops the writers.',
  },
  'min-in-sync-low': {
    level: 'warning',
    why: 'With 1, a message counts as written when one disk has it, and is lost with that disk.',
  },
  'events-compacted': {
    level: 'error',
    why: 'Compaction keeps the last message of a key: of each aggregate only the last event would stay.',
  },
  'commands-compacted': {
    level: 'error',
    why: 'Compaction keeps the last message of a key: earlier commands to it would be lost unheard.',
  },
  'commands-kept-long': {
    level: 'warning',
    why: 'Old commands are worth nothing, and a group that starts from the beginning would run them again.',
  },
  'state-not-compacted': {
    level: 'error',
    why: 'Whoever rebuilds the state reads the topic from the start: what retention deleted is missing.',
  },
  'retention-without-effect': {
    level: 'warning',
    why: 'A topic that is only compacted never deletes by age or size.',
  },
  'tombstones-short': {
    level: 'warning',
    why: 'A reader that is away for longer never learns of the deletion, and keeps the row for ever.',
  },
  'compaction-unbounded': {
    level: 'warning',
    why: 'A quiet topic may otherwise never be compacted, and what was deleted stays on disk.',
  },
  'dead-letters-of-nothing': { level: 'error', why: 'Its partitions and retention follow that topic.' },
  'dead-letters-shorter': {
    level: 'warning',
    why: 'A dead letter waits for a person; it should outlive the message that it was.',
  },
  'dead-letters-partitions': {
    level: 'error',
    why: 'A mirror that keeps the partition number fails for partitions that are not there, and stops with it.',
  },
  'dead-letters-compacted': {
    level: 'error',
    why: 'Of several dead letters of one key only the last would stay.',
  },
  'segment-over-retention': {
    level: 'warning',
    why: 'Only whole, closed segments are deleted: messages stay until their segment is closed, and then the retention.',
  },
  'message-large': {
    level: 'warning',
    why: 'Every consumer and every replica must be able to take it; memory, latency and limits elsewhere follow.',
  },
  'unclean-election': {
    level: 'warning',
    why: 'A copy that lags behind may become the leader, and acknowledged messages are gone.',
  },
  'environment-unknown-topic': { level: 'error', why: 'An override that meets no topic does nothing.' },
  'drift-missing-topic': { level: 'warning', why: 'The file declares it, and whoever uses it fails.' },
  'drift-partitions': { level: 'warning', why: 'The number of partitions decides where keys go.' },
  'drift-replication': {
    level: 'warning',
    why: 'The number of copies decides how many brokers may be lost.',
  },
  'drift-setting': { level: 'warning', why: 'Somebody changed the cluster, or the file was not applied.' },
  'drift-unmanaged-setting': {
    level: 'warning',
    why: 'It was set by hand: a cluster that is built anew from the file would lack it.',
  },
  'drift-unmanaged-topic': {
    level: 'warning',
    why: 'Nobody reviews it, and a cluster that is built anew from the file would lack it.',
  },
}

/** An empty report. */
export function createReport(): TopicReport {
  return create(TOPIC_CODES)
}
