import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, suite, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import {
  type Allowed,
  applyPlan,
  type Cluster,
  type Desired,
  environmentOf,
  loadTopics,
  missingIn,
  planTopics,
  resolve,
  type StepResult,
  TOPIC_CONFIGS,
} from '../topics/index.ts'
import { eventwright as alone, type Ended } from './fixtures/command.ts'
import { eventwright } from './fixtures/one-process.ts'
import {
  clusterAs,
  type Kafka,
  PROPERTIES,
  secretsOf,
  startSecuredKafka,
  type User,
  withoutKafka,
} from './fixtures/secured-kafka.ts'

const HEAD = 'eventwright-topics: 1\ndefaults: { partitions: 2, replication: 1 }\n'

suite('a live broker', { skip: withoutKafka() }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'eventwright-topics-'))
  let kafka: Kafka
  let cluster: Cluster

  before(async () => {
    kafka = await startSecuredKafka()
    cluster = clusterAs('admin', kafka)
    writeFileSync(join(folder, 'client.properties'), PROPERTIES)
  })
  after(async () => {
    await cluster?.close()
    await kafka?.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  afterEach(async () => {
    const { topics } = await cluster.read()
    for (const name of topics.keys()) await cluster.remove(name)
    // The broker shows a topic for a moment after it is gone: the next test would plan with it.
    while ((await cluster.read()).topics.size > 0) await setTimeout(50)
  })

  function written(body: string, name = 't.yaml'): string {
    writeFileSync(join(folder, name), HEAD + body)
    return name
  }
  async function desiredOf(body: string): Promise<Desired> {
    const file = join(folder, written(body, 'desired.yaml'))
    const { document, report } = await loadTopics({ file })
    assert.deepEqual(report.findings, [])
    return resolve(document, environmentOf(document, undefined), report)
  }
  const reaching = (args: readonly string[]): readonly string[] => [
    ...['topics', ...args, '--brokers', `kafka://${kafka.bootstrap}`],
    ...['--config', 'client.properties'],
  ]
  function run(args: readonly string[], user: User = 'admin', password?: string): Promise<Ended> {
    return eventwright(reaching(args), { cwd: folder, env: secretsOf(user, password) })
  }
  async function apply(desired: Desired, allowed: Allowed = {}): Promise<StepResult[]> {
    return applyPlan(
      planTopics(desired, await cluster.read(), allowed),
      { desired, allowed },
      cluster,
      () => {},
    )
  }

  /** Adds partitions, and waits until the broker tells of them. */
  async function grown(topic: string, partitions: number): Promise<void> {
    await cluster.grow(topic, partitions)
    while ((await cluster.read([topic])).topics.get(topic)?.partitions !== partitions) await setTimeout(100)
  }

  /** Waits until the broker tells of a setting. */
  async function told(topic: string, key: string, value: string): Promise<void> {
    const now = async (): Promise<string | undefined> =>
      (await cluster.read([topic])).topics.get(topic)?.settings.get(key)?.value
    while ((await now()) !== value) await setTimeout(50)
  }

  test('a plan is shown, applied only when it is confirmed, and empty afterwards', async () => {
    const file = written('topics: { shop.orders: { retention: 3d, segment.ms: 1h } }')
    const planned = await run(['plan', file])
    assert.equal(planned.code, 1, planned.stderr)
    assert.match(planned.stdout, /\+ shop\.orders \(events\) is created\n {4}partitions +2\n/)
    const unasked = await run(['apply', file])
    assert.equal(unasked.code, 3)
    assert.match(unasked.stderr, /Give --yes/)
    assert.equal((await cluster.read()).topics.size, 0)
    const applied = await run(['apply', file, '--yes'])
    assert.equal(applied.code, 0, applied.stderr)
    assert.match(applied.stdout, /shop\.orders: create: done\n1 of 1 steps done/)
    const again = await run(['plan', file, '--format', 'json'])
    assert.equal(again.code, 0)
    assert.deepEqual(JSON.parse(again.stdout).changes, [])
    const topic = (await cluster.read()).topics.get('shop.orders')
    assert.equal(topic?.partitions, 2)
    assert.equal(topic?.settings.get('retention.ms')?.value, '259200000')
  })

  test('what was changed by hand is drift at its line, and the next apply takes it back', async () => {
    const file = written('topics:\n  a:\n    retention: 3d\n  gone: events\n')
    await apply(await desiredOf('topics: { a: { retention: 3d }, extra: events }'))
    await cluster.configure('a', [
      { key: 'retention.ms', to: '60000' },
      { key: 'flush.ms', to: '1000' },
    ])
    await told('a', 'flush.ms', '1000')
    const drift = await run(['drift', file, '--format', 'ndjson'])
    assert.equal(drift.code, 1)
    const found = drift.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.deepEqual(
      found.map(({ code, line }) => [line, code]),
      [
        [1, 'drift-unmanaged-topic'],
        [4, 'drift-unmanaged-setting'],
        [5, 'drift-setting'],
        [6, 'drift-missing-topic'],
      ],
    )
    assert.match(found[2].message, /retention\.ms = 1m in the cluster, and 3d in the file/)
    const desired = await desiredOf('topics: { a: { retention: 3d, flush.ms: default }, gone: events }')
    assert.deepEqual(
      (await apply(desired)).map(({ topic, step, outcome }) => [topic, step, outcome]),
      [
        ['a', 'settings', 'done'],
        ['gone', 'create', 'done'],
      ],
    )
    const { topics } = await cluster.read()
    assert.deepEqual(topics.get('a')?.settings.get('flush.ms')?.own, false)
    assert.deepEqual(planTopics(desired, await cluster.read()).changes, [])
    assert.ok(topics.has('extra'))
  })

  test('a file that was imported plans no change, and names what is there', async () => {
    await apply(
      await desiredOf(`topics:
  a.b: { partitions: 3, retention: forever, min.cleanable.dirty.ratio: 0.25 }
  state: { use: state, cleanup: compact, max.compaction.lag.ms: 7d, compression: none }
  a.b.g.dlq: { use: dead-letters, retention: 14d, message.timestamp.type: LogAppendTime }
  'true': { retention-size: 1GiB, unclean.leader.election.enable: true }`),
    )
    const imported = await run(['import', '--env', 'live', '--out', 'imported.yaml'])
    assert.equal(imported.code, 0, imported.stderr)
    const planned = await run(['plan', 'imported.yaml'])
    assert.equal(planned.code, 0, planned.stdout + planned.stderr)
    assert.match(planned.stdout, /No changes: 4 topics/)
    assert.match(readFileSync(join(folder, 'imported.yaml'), 'utf8'), /retention\.ms: forever\n/)
  })

  test('where a part is refused nothing is applied; keys are moved only when that is allowed', async () => {
    await apply(await desiredOf('topics: { a: events, b: events }'))
    const file = written('topics: { a: { partitions: 4 }, b: { partitions: 1 }, c: events }')
    const refused = await run(['apply', file, '--yes', '--allow-key-remap'])
    assert.equal(refused.code, 1)
    assert.match(refused.stdout, /refused: It has 2 partitions and should have 1/)
    assert.match(refused.stderr, /Nothing was applied/)
    assert.equal((await cluster.read()).topics.has('c'), false)
    const grown = written('topics: { a: { partitions: 4 }, b: { partitions: 5 } }')
    const unasked = await run(['apply', grown, '--yes'])
    assert.equal(unasked.code, 1)
    assert.match(unasked.stdout, /--allow-key-remap/)
    const all = await desiredOf('topics: { a: { partitions: 4 }, b: { partitions: 5 } }')
    await apply(all, { keyRemap: true })
    const { topics } = await cluster.read()
    assert.deepEqual([topics.get('a')?.partitions, topics.get('b')?.partitions], [4, 5])
  })

  test('a topic is deleted when it is named, never otherwise, and may be made again at once', async () => {
    await apply(await desiredOf('topics: { a: events, b: events }'))
    const file = written('topics: { a: events }')
    const guarded = await run(['apply', file, '--yes', '--allow-delete', 'a'])
    assert.equal(guarded.code, 3)
    assert.match(guarded.stderr, /the file has this topic/)
    assert.equal((await run(['apply', file, '--yes', '--allow-delete', 'b', 'nowhere'])).code, 0)
    assert.deepEqual([...(await cluster.read()).topics.keys()], ['a'])
    await cluster.remove('a')
    // Gone from what it shows; on its disk it may still be there.
    while ((await cluster.read()).topics.has('a')) await setTimeout(5)
    assert.deepEqual(
      (await apply(await desiredOf('topics: { a: { partitions: 3 } }'))).map(({ outcome }) => outcome),
      ['done'],
    )
  })

  test('another cluster than the one of the file is left alone', async () => {
    const file = written('environments: { e: { cluster: AAAAAAAAAAAAAAAAAAAAAA } }\ntopics: { a: events }')
    const { code, stderr } = await run(['apply', file, '--yes'])
    assert.equal(code, 1)
    assert.match(stderr, /and AAAAAAAAAAAAAAAAAAAAAA is meant\. Nothing was done/)
    const desired = await desiredOf('topics: { a: events }')
    const elsewhere = { ...planTopics(desired, await cluster.read()), cluster: 'AAAAAAAAAAAAAAAAAAAAAA' }
    const applying = applyPlan(elsewhere, { desired, allowed: {} }, cluster, () => {})
    await assert.rejects(applying, { code: 'WrongCluster' })
    assert.equal((await cluster.read()).topics.size, 0)
  })

  test('a plan that the cluster has overtaken is not carried out', async () => {
    const desired = await desiredOf('topics: { a: { retention: 3d } }')
    const plan = planTopics(desired, await cluster.read())
    await cluster.create({ topic: 'a', partitions: 7, replication: 1, settings: [] })
    while (!(await cluster.read()).topics.has('a')) await setTimeout(50)
    const applying = applyPlan(plan, { desired, allowed: {} }, cluster, () => {})
    await assert.rejects(applying, { code: 'WrongCluster', message: /a changed since the plan was made/ })
    assert.equal((await cluster.read()).topics.get('a')?.settings.get('retention.ms')?.own, false)
  })

  /** Changes the retention, and waits until the broker tells of it. */
  async function configured(topic: string, retention: string): Promise<void> {
    await cluster.configure(topic, [{ key: 'retention.ms', to: retention }])
    await told(topic, 'retention.ms', retention)
  }

  test('what somebody changed after the plan was shown is not what was confirmed', async () => {
    await apply(await desiredOf('topics: { a: { retention: 3d }, b: events }'))
    const desired = await desiredOf('topics: { a: { retention: 7d, partitions: 6, keyed: false } }')
    const allowed = { messageLoss: true, delete: ['b'] }
    const plan = planTopics(desired, await cluster.read(), allowed)
    const applying = (): Promise<unknown> => applyPlan(plan, { desired, allowed }, cluster, () => {})
    const refused = { code: 'WrongCluster', message: /changed since the plan was made/ }
    await configured('a', '2592000000')
    await assert.rejects(applying(), refused, 'it would now delete messages of three weeks')
    await configured('a', '259200000')
    await grown('a', 4)
    await assert.rejects(applying(), refused)
    await grown('a', 6)
    await grown('b', 3)
    await assert.rejects(applying(), refused, 'another b than the one that was shown')
    const { topics } = await cluster.read()
    assert.equal(topics.get('a')?.settings.get('retention.ms')?.value, '259200000')
    assert.ok(topics.has('b'))
  })

  test('settings that delete messages are applied only when that is allowed', async () => {
    await apply(await desiredOf('topics: { a: { retention: 7d } }'))
    const file = written('environments: { e: { brokers: 3 } }\ntopics: { a: { retention: 3d } }')
    const refused = await run(['apply', file, '--yes'])
    assert.equal(refused.code, 1)
    assert.match(refused.stdout, /refused: Messages older than 3d are deleted/)
    assert.match(
      refused.stderr,
      /Is this the right cluster\? e has 3 brokers in the file, and this one has 1/,
    )
    const allowed = await run(['apply', file, '--yes', '--allow-message-loss'])
    assert.equal(allowed.code, 0, allowed.stderr)
    assert.match(allowed.stdout, /! Messages older than 3d are deleted/)
    assert.equal((await cluster.read()).topics.get('a')?.settings.get('retention.ms')?.value, '259200000')
  })

  test('two processes that apply the same file at once both end well', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `t${index}`)
    const file = written(`topics: { ${names.map((name) => `${name}: { retention: 3d }`).join(', ')} }`)
    const one = () =>
      alone(reaching(['apply', file, '--yes']), { cwd: folder, env: secretsOf('admin', undefined) })
    const both = await Promise.all([one(), one()])
    for (const { code, stdout, stderr } of both) assert.equal(code, 0, stdout + stderr)
    const desired = await desiredOf(
      `topics: { ${names.map((name) => `${name}: { retention: 3d }`).join(', ')} }`,
    )
    assert.deepEqual(planTopics(desired, await cluster.read()).changes, [])
  })

  test('two that apply step by step meet each other, and take what is done as done', async () => {
    const desired = await desiredOf('topics: { a: { retention: 3d }, b: { partitions: 3 } }')
    const plan = planTopics(desired, await cluster.read())
    // Somebody else is quicker by a moment each time.
    const racing: Cluster = {
      ...cluster,
      async create(topic) {
        await cluster.create(topic)
        await cluster.create(topic)
      },
      async grow(topic, partitions) {
        await grown(topic, partitions)
        await cluster.grow(topic, partitions)
      },
    }
    const results = await applyPlan(plan, { desired, allowed: {} }, racing, () => {})
    assert.deepEqual(
      results.map(({ outcome }) => outcome),
      ['already', 'already'],
    )
    const more = await desiredOf(
      'topics: { a: { retention: 3d, keyed: false, partitions: 4 }, b: { partitions: 3 } }',
    )
    const second = await applyPlan(
      planTopics(more, await cluster.read()),
      { desired: more, allowed: {} },
      racing,
      () => {},
    )
    assert.deepEqual(
      second.map(({ step, outcome }) => [step, outcome]),
      [['partitions', 'already']],
    )
  })

  test('who may not change a topic is told so for each step, and who may not come in at once', async () => {
    const file = written('topics: { a: events, b: events }')
    const reader = await run(['apply', file, '--yes'], 'reader')
    assert.equal(reader.code, 1, reader.stderr)
    assert.match(reader.stdout, /a: create: failed\n.*refuses.*lacks a right/)
    assert.match(reader.stdout, /b: create: failed\n[\s\S]*0 of 2 steps done/)
    const stranger = await run(['plan', file], 'admin', 'wrong')
    assert.equal(stranger.code, 4)
    assert.match(stranger.stderr, /does not let us in/)
    assert.ok(!stranger.stderr.includes('wrong'), 'the password is not repeated')
  })

  test('the table of settings is what the broker knows, with its defaults', async () => {
    await cluster.create({ topic: 'plain', partitions: 1, replication: 1, settings: [] })
    const told = async () => (await cluster.read(['plain'])).topics.get('plain')?.settings
    while ((await told()) === undefined) await setTimeout(50)
    const found = await told()
    const table = Object.keys(TOPIC_CONFIGS).filter((key) => missingIn(key, '4.1') === undefined)
    assert.deepEqual([...(found?.keys() ?? [])].sort(), table.sort())
    for (const key of table) assert.equal(found?.get(key)?.value, TOPIC_CONFIGS[key]?.default, key)
  })

  test('a broker that dies in the middle leaves an exact account, and running again continues', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `t${String(index).padStart(2, '0')}`)
    const desired = await desiredOf(
      `topics: { ${names.map((name) => `${name}: { retention: 3d }`).join(', ')} }`,
    )
    const plan = planTopics(desired, await cluster.read())
    const dying: Cluster = {
      ...cluster,
      async create(topic) {
        const asked = cluster.create(topic)
        // It may have answered before it dies: then the next one is asked of nobody.
        if (topic.topic === 't10') await Promise.allSettled([asked, kafka.kill()])
        await asked
      },
    }
    const results = await applyPlan(plan, { desired, allowed: {} }, dying, () => {})
    const of = (outcome: StepResult['outcome']): string[] =>
      results.filter((result) => result.outcome === outcome).map(({ topic }) => topic)
    assert.equal(results.length, 40)
    assert.equal(of('unknown').length, 1)
    assert.deepEqual([...of('done'), ...of('unknown'), ...of('not tried')], names)
    assert.ok(of('done').length >= 10 && of('not tried').length >= 28)

    const began = Date.now()
    const dead = await run(['plan', written('topics: { a: events }')])
    assert.equal(dead.code, 4)
    assert.match(dead.stderr, /cannot be reached/)
    assert.ok(Date.now() - began < 30_000)

    await kafka.start()
    await cluster.close()
    cluster = clusterAs('admin', kafka)
    const { topics } = await cluster.read()
    for (const name of of('done')) assert.ok(topics.has(name), name)
    for (const name of of('not tried')) assert.ok(!topics.has(name), name)
    const rest = await apply(desired)
    assert.ok(rest.every(({ outcome }) => outcome === 'done'))
    assert.deepEqual(planTopics(desired, await cluster.read()).changes, [])
  })
})
