import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { Producer, stringSerializers } from '@platformatic/kafka'
import { type Kafka, startKafka, withoutKafka } from '../../../../scripts/kafka/broker.mjs'
import {
  applyPlan,
  type Cluster,
  type Desired,
  environmentOf,
  isRefused,
  loadTopics,
  openCluster,
  planTopics,
  resolve,
} from './index.ts'

const TEMPLATE = join(
  import.meta.dirname,
  '../../../../skills/building-event-driven-architecture/templates/kafka-topic-config.yaml',
)
const WAIT_MS = 90_000

suite('three brokers', { skip: withoutKafka() }, () => {
  let kafka: Kafka
  let cluster: Cluster
  let desired: Desired

  before(async () => {
    const { document, report } = await loadTopics({ file: TEMPLATE })
    desired = resolve(document, environmentOf(document, 'production'), report)
    kafka = await startKafka({ brokers: 3, config: { 'auto.create.topics.enable': false } })
    cluster = openCluster({ brokers: kafka.bootstrap.split(',') })
  })
  after(async () => {
    await cluster?.close()
    await kafka?.stop()
  })

  test('take the template for production as it stands, and then have nothing to do', async () => {
    const results = await applyPlan(
      planTopics(desired, await cluster.read()),
      { desired, allowed: {} },
      cluster,
      () => {},
    )
    assert.ok(results.every(({ outcome }) => outcome === 'done'))
    const actual = await cluster.read()
    assert.deepEqual(planTopics(desired, actual).changes, [])
    assert.ok([...actual.topics.values()].every(({ replication }) => replication === 3))
  })

  test('refuse fewer copies of a topic that is there, and more copies than brokers of a new one', async () => {
    const [first] = desired.topics
    assert.ok(first)
    const copies = (value: number, name = first.name): Desired => ({
      topics: [{ ...first, name, replication: { ...first.replication, value } }],
    })
    const actual = await cluster.read()
    for (const [wanted, code] of [
      [copies(2), 'replication-change'],
      [copies(4, 'new'), 'too-few-brokers'],
    ] as const) {
      const plan = planTopics(wanted, actual)
      assert.ok(isRefused(plan))
      assert.deepEqual(
        plan.changes.flatMap(({ refusals }) => refusals.map((refusal) => refusal.code)),
        [code],
      )
    }
  })

  test('write on with one broker gone, and rather refuse than keep one copy with two gone', async () => {
    await kafka.kill(3)
    assert.equal(await eventually(kafka, (said) => said === 'written'), 'written')
    await kafka.kill(2)
    assert.match(
      await eventually(kafka, (said) => said.includes('NOT_ENOUGH_REPLICAS')),
      /NOT_ENOUGH_REPLICAS/,
    )
  })
})

/** Writes until the answer is the one that is waited for; gives the last answer. */
async function eventually({ nodes }: Kafka, wanted: (said: string) => boolean): Promise<string> {
  const end = Date.now() + WAIT_MS
  for (;;) {
    const said = await write(nodes[0]?.address ?? '')
    if (wanted(said) || Date.now() > end) return said
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

async function write(broker: string): Promise<string> {
  const producer = new Producer({
    clientId: 'test',
    bootstrapBrokers: [broker],
    serializers: stringSerializers,
    retries: 0,
    timeout: 5000,
  })
  try {
    await producer.send({
      acks: -1,
      messages: [{ topic: 'shop.payments', key: 'k', value: 'v', partition: 0 }],
    })
    return 'written'
  } catch (error) {
    return idsOf(error).join(' ') || String(error)
  } finally {
    await producer.close(true).catch(() => {})
  }
}

function idsOf(error: unknown): string[] {
  if (!(error instanceof Error)) return []
  const own = 'apiId' in error ? [String(error.apiId)] : []
  const inner: readonly unknown[] = error instanceof AggregateError ? error.errors : [error.cause]
  return [...own, ...inner.flatMap(idsOf)]
}
