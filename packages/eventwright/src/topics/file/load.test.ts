import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createReport } from '../codes.ts'
import { lintTopics } from '../lint/lint.ts'
import type { Desired } from '../model.ts'
import { readDocument } from './document.ts'
import { environmentOf, loadTopics } from './load.ts'
import { resolve } from './resolve.ts'
import { BUILT_IN } from './uses.ts'

const SKILL = join(import.meta.dirname, '../../../../../skills/building-event-driven-architecture')
const TEMPLATE = join(SKILL, 'templates/kafka-topic-config.yaml')
const FLOW = join(SKILL, 'examples/worked-order-processing.yaml')
const folder = mkdtempSync(join(tmpdir(), 'eventwright-topics-'))
after(() => rmSync(folder, { recursive: true, force: true }))

async function desiredOf(input: { file?: string; flow?: readonly string[] }, env: string): Promise<Desired> {
  const loaded = await loadTopics(input)
  assert.deepEqual(lintTopics(loaded), [])
  return resolve(loaded.document, environmentOf(loaded.document, env), loaded.report)
}

function written(name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

function summary({ topics }: Desired): Record<string, unknown> {
  return Object.fromEntries(
    topics.map(({ name, use, partitions, replication, settings }) => [
      name,
      [use, partitions.value, replication.value, settings.get('retention.ms')?.value ?? null],
    ]),
  )
}

test('the template has no findings, and gives each topic the settings of its use', async () => {
  assert.deepEqual(summary(await desiredOf({ file: TEMPLATE }, 'production')), {
    'shop.orders': ['events', 12, 3, '604800000'],
    'shop.payments': ['events', 6, 3, '604800000'],
    'payments.commands': ['commands', 6, 3, '86400000'],
    'shop.customers': ['state', 6, 3, null],
    'shop.orders.billing.dlq': ['dead-letters', 12, 3, '1209600000'],
    'payments.commands.payments.dlq': ['dead-letters', 6, 3, '1209600000'],
  })
  const dev = await desiredOf({ file: TEMPLATE }, 'dev')
  assert.ok(
    dev.topics.every(
      ({ replication, settings }) =>
        replication.value === 1 && settings.get('min.insync.replicas')?.value === '1',
    ),
  )
})

test('every value of the template has its reason above it', () => {
  const [, body = ''] = readFileSync(TEMPLATE, 'utf8').split('\nuses:')
  const [uses = ''] = body.split('\nenvironments:')
  const reasons = uses.split('\n').filter((line) => /^ {4}#/.test(line))
  assert.ok(reasons.length >= 8)
})

test('a flow alone gets the settings of the template', () => {
  const read = (text: string) => readDocument('f', text, createReport())
  const [builtIn, template] = [read(BUILT_IN), read(readFileSync(TEMPLATE, 'utf8'))]
  const plain = (layers: { settings: ReadonlyMap<string, { value: string | null }> }) =>
    Object.fromEntries([...layers.settings].map(([key, { value }]) => [key, value]))
  assert.deepEqual(plain(builtIn.defaults), plain(template.defaults))
  assert.equal(builtIn.defaults.partitions?.value, template.defaults.partitions?.value)
  for (const [use, layer] of template.uses) {
    assert.deepEqual(plain(builtIn.uses.get(use) ?? { settings: new Map() }), plain(layer), use)
  }
})

test('a flow needs its event topics, a command topic for each service that a saga sends to, and dead letters', async () => {
  const topics = summary(await desiredOf({ flow: [FLOW] }, 'production'))
  assert.deepEqual(topics['shop.orders'], ['events', 6, 3, '604800000'])
  assert.deepEqual(topics['payments.commands'], ['commands', 6, 3, '86400000'])
  assert.deepEqual(topics['payments.commands.payments.dlq'], ['dead-letters', 6, 3, '1209600000'])
  assert.deepEqual(
    Object.keys(topics)
      .filter((name) => name.endsWith('.commands'))
      .sort(),
    ['fraud', 'inventory', 'orders', 'payments', 'shipping'].map((service) => `${service}.commands`),
  )
  assert.ok(Object.keys(topics).some((name) => /^shop\.orders\.saga-[A-Za-z]+\.dlq$/.test(name)))
})

test('a topic file changes what a flow asks for, topic by topic', async () => {
  const file = written(
    'over.yaml',
    `eventwright-topics: 1
uses: { events: { retention: 3d, segment.ms: 1h } }
environments: { small: { brokers: 1, settings: { replication: 1 } } }
topics: { shop.orders: { partitions: 9 } }`,
  )
  const loaded = await loadTopics({ file, flow: [FLOW] })
  const topics = summary(resolve(loaded.document, environmentOf(loaded.document, undefined), loaded.report))
  assert.deepEqual(topics['shop.orders'], ['events', 9, 1, '259200000'])
  assert.deepEqual(topics['shop.payments'], ['events', 6, 1, '259200000'])
})

test('the settings of a topic in the flow file are used, and their faults are found there', async () => {
  const text = readFileSync(FLOW, 'utf8')
  const flow = written(
    'shop.yaml',
    text.replace(
      'topic: shop.orders #',
      'topic: { name: shop.orders, retention: 1h, compression: none, replikation: 2 } #',
    ),
  )
  const loaded = await loadTopics({ flow: [flow] })
  const found = lintTopics(loaded, 'dev')
  assert.ok(found.every(({ place }) => place.file === flow && place.line > 1))
  assert.deepEqual([...new Set(found.map(({ code }) => code))].sort(), [
    'config-unknown',
    'segment-over-retention',
  ])
})

test('a nearer setting wins: environment over topic over use over defaults', async () => {
  const file = written(
    'layers.yaml',
    `eventwright-topics: 1
defaults: { retention: 1d, segment.ms: 1h, partitions: 2, min-in-sync: 2 }
uses: { events: { retention: 2d } }
environments: { e: { settings: { segment.ms: 2h }, topics: { c: { partitions: 7 } } } }
topics:
  a: events
  b: { retention: 3d, segment.ms: 3h }
  c: { use: commands }
  d: { use: dead-letters, of: c, retention: 9d }`,
  )
  const { topics } = await desiredOf({ file }, 'e')
  const value = (key: string) => topics.map(({ settings }) => settings.get(key)?.value)
  assert.deepEqual(value('retention.ms'), ['172800000', '259200000', '86400000', '777600000'])
  assert.deepEqual(value('segment.ms'), ['7200000', '7200000', '7200000', '7200000'])
  assert.deepEqual(
    topics.map(({ partitions }) => partitions.value),
    [2, 2, 7, 7],
  )
})

test('what cannot be read, and an environment that is not clear, are told', async () => {
  await assert.rejects(loadTopics({ file: join(folder, 'none.yaml') }), {
    code: 'TopicFileError',
    message: /There is no file/,
  })
  await assert.rejects(loadTopics({ file: folder }), { code: 'TopicFileError', message: /is a folder/ })
  const flow = written('broken.flow.yaml', 'eventwright: 1\n')
  await assert.rejects(loadTopics({ flow: [flow] }), { code: 'BrokenFlow', message: /eventwright check/ })
  const { document } = await loadTopics({ file: TEMPLATE })
  assert.throws(() => environmentOf(document, undefined), {
    code: 'UnknownEnvironment',
    message: /dev, production/,
  })
  assert.throws(() => environmentOf(document, 'prod'), {
    code: 'UnknownEnvironment',
    message: /no environment prod/,
  })
})

test('the file of the guide has no findings', async () => {
  const guide = readFileSync(join(import.meta.dirname, '../../../../../docs/topics.md'), 'utf8')
  const [, text = ''] = /```yaml\n([\s\S]*?)```/.exec(guide) ?? []
  const file = written('guide.yaml', text)
  assert.deepEqual(
    (await desiredOf({ file }, 'production')).topics.map(({ partitions }) => partitions.value),
    [12, 12],
  )
})
