import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { TOPIC_CONFIGS } from '../kafka/index.ts'
import type { Actual, ActualTopic, Desired, DesiredTopic, Use } from '../model.ts'
import { type Allowed, isRefused, type Plan, planText, planTopics } from './index.ts'

const place = { file: 't.yaml', line: 1, column: 1, length: 1 }

type Wanted = {
  partitions?: number
  replication?: number
  keyed?: boolean
  use?: Use
  settings?: Record<string, string | null>
}

function desired(topics: Record<string, Wanted>): Desired {
  return { topics: Object.entries(topics).map(([name, topic]) => desiredTopic(name, topic)) }
}

function desiredTopic(name: string, wanted: Wanted): DesiredTopic {
  const { partitions = 1, replication = 1, keyed = true, use = 'events', settings = {} } = wanted
  return {
    name,
    use,
    place,
    keyed,
    partitions: { value: partitions, place },
    replication: { value: replication, place },
    settings: new Map(Object.entries(settings).map(([key, value]) => [key, { value, place, written: key }])),
  }
}

/** A topic as a cluster shows it: its own settings over Kafka's defaults. */
function actualTopic(
  name: string,
  partitions = 1,
  replication = 1,
  own: Record<string, string> = {},
): ActualTopic {
  const settings = Object.entries(TOPIC_CONFIGS).map(([key, { default: fallback }]) => {
    const value = own[key]
    return [key, { value: value ?? fallback, own: value !== undefined, fallback }] as const
  })
  return { name, partitions, replication, settings: new Map(settings) }
}

function actual(...topics: ActualTopic[]): Actual {
  const known = new Set(Object.keys(TOPIC_CONFIGS))
  return { cluster: 'c', brokers: 3, known, topics: new Map(topics.map((topic) => [topic.name, topic])) }
}

/** What a cluster is after a plan, as Kafka would do it. */
function after(before: Actual, plan: Plan): Actual {
  const topics = new Map(before.topics)
  for (const { action, topic, partitions, replication, settings } of plan.changes) {
    if (action === 'delete') topics.delete(topic)
    else {
      const own = Object.fromEntries(
        [...(topics.get(topic)?.settings ?? [])]
          .filter(([, { own }]) => own)
          .map(([key, { value }]) => [key, value]),
      )
      for (const { key, to } of settings) {
        if (to === null) delete own[key]
        else own[key] = to
      }
      topics.set(topic, actualTopic(topic, partitions.to, replication.to, own))
    }
  }
  return { ...before, topics }
}

const only = (plan: Plan) => {
  assert.equal(plan.changes.length, 1)
  const [change] = plan.changes
  assert.ok(change)
  return change
}

test('a value that the default already is, is no change', () => {
  const file = desired({ a: { settings: { 'retention.ms': '604800000', 'cleanup.policy': 'delete' } } })
  assert.deepEqual(planTopics(file, actual(actualTopic('a'))).changes, [])
})

test('a change tells the value before and after, and only what differs', () => {
  const file = desired({ a: { settings: { 'retention.ms': '86400000', 'segment.ms': '3600000' } } })
  const { settings } = only(planTopics(file, actual(actualTopic('a', 1, 1, { 'segment.ms': '3600000' }))))
  assert.deepEqual(settings, [{ key: 'retention.ms', from: '604800000', to: '86400000' }])
})

test('`default` resets what is set on the topic, and is nothing where nothing is set', () => {
  const file = desired({ a: { settings: { 'retention.ms': null } } })
  assert.deepEqual(planTopics(file, actual(actualTopic('a'))).changes, [])
  const { settings } = only(planTopics(file, actual(actualTopic('a', 1, 1, { 'retention.ms': '5' }))))
  assert.deepEqual(settings, [{ key: 'retention.ms', from: '5', to: null, fallback: '604800000' }])
})

test('what the file does not have is told, and left alone', () => {
  const found = actual(actualTopic('a', 1, 1, { 'flush.ms': '5' }), actualTopic('b'))
  const plan = planTopics(desired({ a: {} }), found)
  assert.deepEqual(plan.changes, [])
  assert.deepEqual(plan.unmanaged, ['b'])
  assert.deepEqual(plan.extra, [{ topic: 'a', key: 'flush.ms', value: '5' }])
})

test('a topic is deleted only if it is named and not in the file', () => {
  const found = actual(actualTopic('a'), actualTopic('b'), actualTopic('c'))
  const plan = planTopics(desired({ a: {} }), found, { delete: ['a', 'b', 'nowhere'] })
  assert.deepEqual(
    plan.changes.map(({ action, topic }) => [action, topic]),
    [['delete', 'b']],
  )
  assert.deepEqual(plan.unmanaged, ['c'])
})

test('what cannot be done safely is refused, with the way to do it', () => {
  const found = actual(actualTopic('a', 4, 2))
  const cases: readonly (readonly [Wanted, Allowed, string | undefined])[] = [
    [{ partitions: 4, replication: 3 }, {}, 'replication-change'],
    [{ partitions: 3, replication: 2 }, {}, 'fewer-partitions'],
    [{ partitions: 3, replication: 2 }, { keyRemap: true }, 'fewer-partitions'],
    [{ partitions: 8, replication: 2 }, {}, 'key-remap'],
    [{ partitions: 8, replication: 2 }, { keyRemap: true }, undefined],
    [{ partitions: 8, replication: 2, keyed: false }, {}, undefined],
    [
      { partitions: 4, replication: 2, settings: { 'cleanup.policy': 'compact' } },
      {},
      'compaction-loses-events',
    ],
    [
      { partitions: 4, replication: 2, settings: { 'cleanup.policy': 'compact' } },
      { messageLoss: true },
      'compaction-loses-events',
    ],
    [
      { partitions: 4, replication: 2, use: 'state', settings: { 'cleanup.policy': 'compact' } },
      {},
      'message-loss',
    ],
    [
      { partitions: 4, replication: 2, use: 'state', settings: { 'cleanup.policy': 'compact' } },
      { messageLoss: true },
      undefined,
    ],
    [{ partitions: 4, replication: 2, settings: { 'retention.ms': '1' } }, {}, 'message-loss'],
    [{ partitions: 4, replication: 2, settings: { 'min.insync.replicas': '3' } }, {}, 'writers-stop'],
    [{ partitions: 4, replication: 2, settings: { 'min.insync.replicas': '2' } }, {}, undefined],
    [{ partitions: 4, replication: 2, settings: { 'remote.nothing': '1' } }, {}, 'unknown-setting'],
  ]
  for (const [wanted, allowed, code] of cases) {
    const plan = planTopics(desired({ a: wanted }), found, allowed)
    assert.deepEqual(
      only(plan).refusals.map((refusal) => refusal.code),
      code === undefined ? [] : [code],
    )
    assert.equal(isRefused(plan), code !== undefined)
  }
  assert.deepEqual(only(planTopics(desired({ b: { replication: 3 } }), found)).refusals, [])
  const many = only(planTopics(desired({ b: { replication: 4 } }), found))
  assert.deepEqual(
    many.refusals.map(({ code }) => code),
    ['too-few-brokers'],
  )
})

test('the text shows values as a person writes them, what is refused, and counts everything', () => {
  const file = desired({
    new: { partitions: 2, settings: { 'segment.bytes': '104857600' } },
    kept: {},
    longer: { settings: { 'retention.ms': '1209600000', 'flush.ms': null } },
    less: {},
    shorter: { settings: { 'retention.ms': '3600000' } },
  })
  const found = actual(
    actualTopic('shorter', 1, 1, { 'retention.ms': '86400000' }),
    actualTopic('kept'),
    actualTopic('longer', 1, 1, { 'flush.ms': '5' }),
    actualTopic('less', 2),
    actualTopic('other'),
    actualTopic('gone', 7),
  )
  assert.equal(
    planText(planTopics(file, found, { delete: ['gone'], messageLoss: true })),
    `cluster c, 3 brokers

- gone is DELETED with all its messages
    partitions   7
    replication  1

~ less (events) changes
    partitions  2 → 1
    ! refused: It has 2 partitions and should have 1: Kafka cannot take partitions away.
      mend: Write \`partitions: 2\`, or make a new topic with 1 and move producers and consumers to it.

~ longer (events) changes
    flush.ms      5ms → the default (forever)
    retention.ms  7d → 14d

+ new (events) is created
    partitions     2
    replication    1
    segment.bytes  100MiB

~ shorter (events) changes
    retention.ms  1d → 1h
    ! Messages older than 1h are deleted.

Not in the file, left alone:
  other

1 to create, 2 to change, 1 to delete, 1 refused, 1 unchanged.
`,
  )
})

const names = fc.constantFrom('a', 'b', 'c', 'd')
const settingKeys = ['retention.ms', 'segment.ms', 'flush.ms'] as const
const values = fc.constantFrom('604800000', '86400000', '7', '9223372036854775807')
const wanted = fc.record({
  partitions: fc.integer({ min: 1, max: 4 }),
  settings: fc.dictionary(fc.constantFrom(...settingKeys), fc.option(values)),
})
const owned = fc.record({
  partitions: fc.integer({ min: 1, max: 4 }),
  settings: fc.dictionary(fc.constantFrom(...settingKeys), values),
})

const ALL: Allowed = { keyRemap: true, messageLoss: true }

test('planning again after a plan was carried out gives no changes, and touches nothing that is not in the file', () => {
  fc.assert(
    fc.property(fc.dictionary(names, wanted), fc.dictionary(names, owned), (file, cluster) => {
      const before = actual(
        ...Object.entries(cluster).map(([name, { partitions, settings }]) =>
          actualTopic(name, partitions, 1, settings),
        ),
      )
      const plan = planTopics(desired(file), before, ALL)
      const changes = plan.changes.filter(({ refusals }) => refusals.length === 0)
      const found = after(before, { ...plan, changes })
      const again = planTopics(desired(file), found, ALL)
      assert.deepEqual(
        again.changes.map(({ topic }) => topic),
        plan.changes.filter(({ refusals }) => refusals.length > 0).map(({ topic }) => topic),
      )
      for (const name of plan.unmanaged) assert.deepEqual(found.topics.get(name), before.topics.get(name))
    }),
    { numRuns: 300 },
  )
})
