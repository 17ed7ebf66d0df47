import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createReport, TOPIC_CODES, type TopicCode, type TopicFinding } from '../codes.ts'
import { readDocument } from '../file/document.ts'
import { lintTopics } from './lint.ts'

/** Findings of a file, with what the marker `<` of a line stands for taken out first. */
function lint(body: string, environment?: string): TopicFinding[] {
  const text = `eventwright-topics: 1\n${body}`
  const report = createReport()
  const document = readDocument('t.yaml', text, report)
  return lintTopics({ document, report, sources: new Map([['t.yaml', text]]) }, environment)
}

const PRODUCTION = 'environments: { production: { brokers: 3 } }\n'
const SAFE = 'defaults: { replication: 3, min-in-sync: 2 }\n'
const STATE = 'use: state, cleanup: compact, max.compaction.lag.ms: 7d'

/** For each code a file that has it, the same file mended, and the text that the finding points at. */
const CASES: Partial<Record<TopicCode, readonly [bad: string, good: string, at: string]>> = {
  'unknown-key': ['topic: {}', 'topics: {}', 'topic'],
  'wrong-shape': ['topics: [a]', 'topics: { a: events }', '[a]'],
  'unknown-use': ['topics: { a: event }', 'topics: { a: events }', 'event'],
  'config-unknown': [
    'topics: { a: { retention.mss: 7d } }',
    'topics: { a: { retention.ms: 7d } }',
    'retention.mss',
  ],
  'config-value': ['topics: { a: { retention: 7 } }', 'topics: { a: { retention: 7d } }', '7'],
  'config-version': [
    "kafka: '4.0'\ntopics: { a: { message.downconversion.enable: false } }",
    "kafka: '3.9'\ntopics: { a: { message.downconversion.enable: false } }",
    'false',
  ],
  'topic-name': ["topics: { 'a:b': events }", 'topics: { a.b: events }', "'a:b'"],
  'topic-name-internal': ['topics: { __a: events }', 'topics: { a: events }', '__a'],
  'topic-name-collision': [
    'topics: { a.b: events, a_b: events }',
    'topics: { a.b: events, a.c: events }',
    'a_b',
  ],
  'topic-name-pattern': ['names: ^x\ntopics: { a: events }', 'names: ^x\ntopics: { xa: events }', 'a'],
  'replication-over-brokers': [
    'environments: { dev: { brokers: 1 } }\ntopics: { a: { replication: 2 } }',
    'environments: { dev: { brokers: 1 } }\ntopics: { a: { replication: 1 } }',
    '2',
  ],
  'replication-low': [
    `${PRODUCTION}topics: { a: { replication: 2 } }`,
    `${PRODUCTION}topics: { a: { replication: 3, min-in-sync: 2 } }`,
    '2',
  ],
  'min-in-sync-over-replication': [
    'topics: { a: { replication: 1, min-in-sync: 2 } }',
    'topics: { a: { replication: 1, min-in-sync: 1 } }',
    '2',
  ],
  'min-in-sync-blocks': [
    'topics: { a: { replication: 3, min-in-sync: 3 } }',
    'topics: { a: { replication: 3, min-in-sync: 2 } }',
    '3',
  ],
  'min-in-sync-low': [
    'topics: { a: { replication: 3, min-in-sync: 1 } }',
    'topics: { a: { replication: 3, min-in-sync: 2 } }',
    '1',
  ],
  'unclean-election': [
    `${SAFE}topics: { a: { unclean.leader.election.enable: true } }`,
    `${SAFE}topics: { a: { unclean.leader.election.enable: false } }`,
    'true',
  ],
  'events-compacted': [
    `${SAFE}topics: { a: { use: events, cleanup: 'compact,delete' } }`,
    `${SAFE}topics: { a: { use: events, cleanup: delete } }`,
    "'compact,delete'",
  ],
  'commands-compacted': [
    `${SAFE}topics: { a: { use: commands, cleanup: compact } }`,
    `${SAFE}topics: { a: { use: commands, cleanup: delete } }`,
    'compact',
  ],
  'commands-kept-long': [
    `${SAFE}topics: { a: { use: commands, retention: forever } }`,
    `${SAFE}topics: { a: { use: commands, retention: 7d } }`,
    'forever',
  ],
  'state-not-compacted': [`${SAFE}topics: { abc: state }`, `${SAFE}topics: { abc: { ${STATE} } }`, 'abc'],
  'retention-without-effect': [
    `${SAFE}topics: { a: { ${STATE}, retention: 7d } }`,
    `${SAFE}topics: { a: { ${STATE}, retention: forever } }`,
    '7d',
  ],
  'tombstones-short': [
    `${SAFE}topics: { a: { ${STATE}, delete.retention.ms: 1m } }`,
    `${SAFE}topics: { a: { ${STATE}, delete.retention.ms: 1h } }`,
    '1m',
  ],
  'compaction-unbounded': [
    `${SAFE}topics: { a: { ${STATE}, max.compaction.lag.ms: forever } }`.replace(
      'max.compaction.lag.ms: 7d, ',
      '',
    ),
    `${SAFE}topics: { a: { ${STATE} } }`,
    'forever',
  ],
  'dead-letters-of-nothing': [
    `${SAFE}topics: { a: events, a.dlq: { use: dead-letters, of: b, retention: 14d } }`,
    `${SAFE}topics: { a: events, a.dlq: { use: dead-letters, of: a, retention: 14d } }`,
    'b',
  ],
  'dead-letters-shorter': [
    `${SAFE}topics: { a: events, a.g.dlq: { use: dead-letters, retention: 168h } }`,
    `${SAFE}topics: { a: events, a.g.dlq: { use: dead-letters, retention: 169h } }`,
    '168h',
  ],
  'dead-letters-partitions': [
    `${SAFE}topics: { a: { partitions: 12 }, a.dlq: { use: dead-letters, retention: 14d, partitions: 11 } }`,
    `${SAFE}topics: { a: { partitions: 12 }, a.dlq: { use: dead-letters, retention: 14d, partitions: 12 } }`,
    '11',
  ],
  'dead-letters-compacted': [
    `${SAFE}topics: { a: events, a.dlq: { use: dead-letters, retention: 14d, cleanup: 'delete,compact' } }`,
    `${SAFE}topics: { a: events, a.dlq: { use: dead-letters, retention: 14d } }`,
    "'delete,compact'",
  ],
  'segment-over-retention': [
    `${SAFE}topics: { a: { retention: 1d, segment.ms: 25h } }`,
    `${SAFE}topics: { a: { retention: 1d, segment.ms: 24h } }`,
    '25h',
  ],
  'message-large': [
    `${SAFE}topics: { a: { max-message-bytes: 2MiB } }`,
    `${SAFE}topics: { a: { max-message-bytes: 1MiB } }`,
    '2MiB',
  ],
  'environment-unknown-topic': [
    `${SAFE}environments: { dev: { topics: { b: { partitions: 1 } } } }\ntopics: { a: events }`,
    `${SAFE}environments: { dev: { topics: { a: { partitions: 1 } } } }\ntopics: { a: events }`,
    'b',
  ],
  'duplicate-key': ['topics: {}\ntopics: {}', 'topics: {}', 'topics'],
  'yaml-syntax': ['topics: {', 'topics: {}', ''],
}

for (const [code, [bad, good, at]] of Object.entries(CASES)) {
  test(`${code} is found at its place, and not where it is mended`, () => {
    const found = lint(bad).filter((finding) => finding.code === code)
    assert.equal(found.length, 1, JSON.stringify(lint(bad)))
    const { line = 0, column = 0, length = 0 } = found[0]?.place ?? {}
    const written = `eventwright-topics: 1\n${bad}`
      .split('\n')
      [line - 1]?.slice(column - 1, column - 1 + length)
    if (at !== '') assert.equal(written, at)
    assert.deepEqual(
      lint(good).filter((finding) => finding.code === code),
      [],
    )
  })
}

test('every code that reading and checking can give has a case', () => {
  const elsewhere = ['alias-limit', 'empty-file', 'unsupported-version']
  const without = Object.keys(TOPIC_CODES).filter(
    (code) => !(code in CASES) && !elsewhere.includes(code) && !code.startsWith('drift-'),
  )
  assert.deepEqual(without, [])
})

test('a file is asked for its version before anything else is believed', () => {
  const codes = (text: string): string[] => {
    const report = createReport()
    const document = readDocument('t.yaml', text, report)
    return lintTopics({ document, report, sources: new Map([['t.yaml', text]]) }).map(({ code }) => code)
  }
  assert.deepEqual(codes(''), ['empty-file'])
  assert.deepEqual(codes('topics: { a: { replication: 1, min-in-sync: 9 } }'), ['unsupported-version'])
  assert.deepEqual(codes('eventwright-topics: 2\ntopics: {}'), ['unsupported-version'])
})

test('a finding that several environments share is told once, and one of another environment not at all', () => {
  const body = `environments: { a: { brokers: 3 }, b: { brokers: 3 }, c: { brokers: 1 } }
topics: { t: { replication: 3, min-in-sync: 2, segment.ms: 8d } }`
  assert.deepEqual(
    lint(body).map(({ code }) => code),
    ['replication-over-brokers', 'segment-over-retention'],
  )
  assert.deepEqual(
    lint(body, 'a').map(({ code }) => code),
    ['segment-over-retention'],
  )
})
