/** The name of the text below in places. */
export const BUILT_IN_FILE = '(built in)'

/**
 * What topics of a flow file get where no topic file says otherwise: the settings of the skill's template, whose
 * comments give the reasons. A test holds the two together.
 */
export const BUILT_IN = `eventwright-topics: 1
defaults:
  partitions: 6
  replication: 3
  min-in-sync: 2
  unclean.leader.election.enable: false
  compression: producer
  max-message-bytes: 1048588
uses:
  events:
    cleanup: delete
    retention: 7d
    segment.ms: 1d
  commands:
    cleanup: delete
    retention: 1d
    segment.ms: 6h
  state:
    cleanup: compact
    delete.retention.ms: 1d
    max.compaction.lag.ms: 7d
    segment.bytes: 100MiB
    segment.ms: 1d
  dead-letters:
    cleanup: delete
    retention: 14d
    segment.ms: 1d
environments:
  dev:
    brokers: 1
    settings:
      replication: 1
      min-in-sync: 1
  production:
    brokers: 3
`
