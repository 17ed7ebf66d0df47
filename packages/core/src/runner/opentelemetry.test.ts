import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { withoutKafka } from '../../../../scripts/kafka/broker.mjs'
import { testKafka } from '../../../../scripts/kafka/shared.mjs'
import { brokerEngine, storeEngine } from '../engines.ts'
import { catalog, eventwright, memory, reject } from '../index.ts'
import { freshSchemas } from '../testing/fixtures/postgres.ts'
import { places } from './fixtures/places.ts'
import { type RecordedSpan, recorder } from './fixtures/recorder.ts'
import { example, modular, placeOrder, receiveStock, unanswered } from './fixtures/shop.ts'

const folder = await mkdtemp(join(tmpdir(), 'eventwright-traced-'))
after(() => rm(folder, { recursive: true, force: true }))

/** Fails by the test's own time-out. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(5)
}

function only(spans: readonly RecordedSpan[], name: string): RecordedSpan {
  const [found, ...more] = spans.filter((span) => span.name === name)
  assert.ok(found && more.length === 0, `one ${name} of ${spans.map((span) => span.name).join(', ')}`)
  return found
}

/** A unit of work that runs again makes its spans again: the last one is the one that was committed. */
function last(spans: readonly RecordedSpan[], name: string): RecordedSpan {
  const found = spans.findLast((span) => span.name === name)
  assert.ok(found, name)
  return found
}

function childrenOf(spans: readonly RecordedSpan[], { id }: RecordedSpan): readonly string[] {
  return spans.filter(({ parent }) => parent === id).map(({ name }) => name)
}

/** The names from a span up to the root of its trace. */
function lineage(spans: readonly RecordedSpan[], span: RecordedSpan | undefined): readonly string[] {
  if (span === undefined) return []
  return [
    span.name,
    ...lineage(
      spans,
      spans.find(({ id }) => id === span.parent),
    ),
  ]
}

for (const [engine, makePlace] of Object.entries(places)) {
  suite(`telemetry on ${engine}`, () => {
    test('one trace goes from the command through log, broker, saga and services to the projection', async () => {
      const place = await makePlace()
      const { telemetry, spans, end } = recorder()
      await using app = await eventwright({ store: place.engine, run: modular, telemetry })
      await app.execute(receiveStock(5))
      await app.idle()
      await app.execute(placeOrder('o-1', 2))
      await app.idle()
      await app.stop()

      const root = only(spans(), 'execute order.place')
      assert.equal(root.parent, undefined)
      const trace = spans().filter((span) => span.trace === root.trace)
      const confirmed = last(trace, 'execute order.confirm')
      const line = lineage(trace, confirmed)
      assert.equal(line.at(-1), 'execute order.place')
      // The order's event, the saga, its command to the stock, the stock's answer, the saga, its command to the order.
      assert.deepEqual(line.map((name) => name.replace(/^(create|send)/, 'send')).reverse(), [
        'execute order.place',
        'send orders.events',
        'process orders.events',
        'saga checkout',
        'send warehouse.commands',
        'process warehouse.commands',
        'execute stock.reserve',
        'send warehouse.events',
        'process warehouse.events',
        'saga checkout',
        'send orders.commands',
        'process orders.commands',
        'execute order.confirm',
      ])
      assert.ok(childrenOf(trace, root).includes('project demand'), 'the read model is part of it')
      assert.deepEqual(
        trace.filter(({ parent }) => parent !== undefined && !trace.some(({ id }) => id === parent)),
        [],
        'every span hangs in the tree',
      )
      await end()
      await place.dispose()
    })

    test('spans are named and described as the messaging conventions say', async () => {
      const place = await makePlace()
      const { telemetry, spans, end } = recorder()
      await using app = await eventwright({ store: place.engine, run: modular, telemetry })
      await app.execute(placeOrder('o-1', 1))
      await app.idle()
      await app.stop()
      const sent = spans().find(({ name, kind }) => name === 'send orders.events' && kind === 'PRODUCER')
      assert.ok(sent)
      const { 'messaging.message.id': id, ...attributes } = sent.attributes
      assert.deepEqual(attributes, {
        'messaging.system': systemOf(engine),
        'messaging.operation.name': 'send',
        'messaging.operation.type': 'send',
        'messaging.destination.name': 'orders.events',
      })
      const processed = spans().filter(
        (span) => span.name === 'process orders.events' && span.attributes['messaging.message.id'] === id,
      )
      assert.deepEqual(
        processed.map(({ kind, attributes }) => [kind, attributes['messaging.consumer.group.name']]).sort(),
        [
          ['CONSUMER', 'saga:checkout'],
          ['CONSUMER', 'welcome'],
        ],
      )
      const { 'messaging.destination.partition.id': partition, ...rest } = processed[0]?.attributes ?? {}
      assert.match(String(partition), /^[01]$/)
      assert.equal(rest['messaging.system'], systemOf(engine))
      assert.equal(rest['messaging.operation.name'], 'process')
      assert.equal(rest['messaging.operation.type'], 'process')
      assert.equal(rest['messaging.destination.name'], 'orders.events')
      await end()
      await place.dispose()
    })

    test('of a batch each message is created in its own trace, and the batch links to all', async () => {
      const place = await makePlace()
      const { telemetry, spans, end } = recorder()
      await using front = await eventwright({ store: place.engine, run: example, telemetry, start: false })
      await front.execute(receiveStock(50))
      const orders = Array.from({ length: 20 }, (_, index) => `o-${index}`)
      for (const order of orders) await front.execute(placeOrder(order, 1))
      await using back = await eventwright({ store: place.engine, run: example, telemetry })
      await back.idle()
      await back.stop()
      await front.stop()

      const created = spans().filter(({ name }) => name === 'create app.events')
      const send = spans().find(
        ({ name, attributes }) =>
          name === 'send app.events' && attributes['messaging.batch.message_count'] === orders.length,
      )
      assert.ok(send)
      assert.equal(send.kind, 'CLIENT')
      assert.equal(send.links.length, orders.length)
      for (const link of send.links) {
        const message = created.find(({ id }) => id === link)
        assert.equal(message?.kind, 'PRODUCER')
        assert.equal(lineage(spans(), message).at(-1), 'execute order.place')
      }
      const received = spans().filter(({ name }) => name === 'receive app.events')
      assert.ok(received.length > 0)
      for (const { attributes, links } of received)
        assert.equal(links.length, attributes['messaging.batch.message_count'])
      const confirmed = spans().filter(({ name }) => name === 'execute order.confirm')
      assert.equal(new Set(confirmed.map(({ trace }) => trace)).size, orders.length)
      await end()
      await place.dispose()
    })

    test('a timer that fires goes on with the trace of its saga', async () => {
      const place = await makePlace()
      const { telemetry, spans, end } = recorder()
      await using app = await eventwright({
        store: place.engine,
        run: unanswered,
        virtualClock: true,
        telemetry,
      })
      await app.execute(placeOrder('o-1', 2))
      await app.idle()
      await app.clock.advance(31_000)
      await app.idle()
      await app.stop()
      const fired = only(spans(), 'timer saga:checkout')
      assert.equal(lineage(spans(), fired).at(-1), 'execute order.place')
      assert.ok(childrenOf(spans(), fired).includes('saga checkout'))
      const released = spans().filter(
        ({ name, trace }) => name.endsWith('warehouse.commands') && trace === fired.trace,
      )
      assert.equal(released.length, 2, 'the command and its compensation')
      await end()
      await place.dispose()
    })
  })
}

const tills = catalog<{ Paid: { card: string } }>({ namespace: 'com.example.tills' })
const Till = tills
  .aggregate<null>('till', null)
  .decide({
    pay: (_, data: { card: string }) => ({ type: 'Paid', data }),
    refund: () => reject('NotPaid', 'card 4711'),
  })
  .evolve({ Paid: () => null })

test('errors and refusals are told by their code and name, payloads never', { timeout: 60_000 }, async () => {
  const { telemetry, spans, metric, end } = recorder()
  const receipts = tills.consumer('receipts', {
    topics: ['app.events'],
    retry: { attempts: 2, backoff: 1 },
    on: {
      Paid: ({ data }) => {
        throw new RangeError(`no receipt for ${data.card}`)
      },
    },
  })
  await using app = await eventwright({
    store: memory(),
    run: [Till, receipts],
    topic: { publish: 'all' },
    telemetry,
  })
  await app.execute(Till.pay('t-1', { card: '4711' }))
  await app.execute(Till.refund('t-1'))
  await until(async () => (await app.health()).parkedKeys === 1)

  const failed = spans().filter(({ name }) => name === 'process app.events')
  assert.equal(failed.length, 2, 'each attempt')
  for (const span of failed) {
    assert.equal(span.failed, true)
    assert.equal(span.attributes['error.type'], 'RangeError')
  }
  const refused = only(spans(), 'execute till.refund')
  assert.equal(refused.failed, false)
  assert.equal(refused.attributes['eventwright.refusal'], 'NotPaid')
  assert.deepEqual(
    spans().filter(({ text }) => text.includes('4711')),
    [],
  )

  const component = 'eventwright.component'
  const lags = (await metric('eventwright.lag')).map(({ attributes }) => attributes[component])
  assert.deepEqual(lags, ['app', 'receipts', 'relay'])
  for (const name of ['retries', 'parked_keys', 'dead_letters']) {
    const points = await metric(`eventwright.${name}`)
    assert.equal(points.find(({ attributes }) => attributes[component] === 'receipts')?.value, 1, name)
  }
  const durations = await metric('messaging.process.duration')
  assert.ok(
    durations.some(({ attributes, value }) => attributes['error.type'] === 'RangeError' && value === 2),
  )
  const commands = await metric('eventwright.command.duration')
  assert.deepEqual(
    commands
      .map(({ attributes }) => [attributes['eventwright.command'], attributes['eventwright.outcome']])
      .sort(),
    [
      ['pay', 'events'],
      ['refund', 'refused'],
    ],
  )
  await app.stop()
  await end()
})

test('open sagas are counted while they are open', async () => {
  const { telemetry, metric, end } = recorder()
  await using app = await eventwright({ store: memory(), run: unanswered, virtualClock: true, telemetry })
  await app.execute(placeOrder('o-1', 2))
  await app.execute(placeOrder('o-2', 2))
  await app.idle()
  assert.deepEqual(await metric('eventwright.sagas_open'), [
    { attributes: { 'eventwright.saga': 'checkout' }, value: 2 },
  ])
  await app.stop()
  await end()
})

test('a trace that a caller or a producer brings is kept, and goes on', async () => {
  const { telemetry, spans, end } = recorder()
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  await using app = await eventwright({ store: memory(), run: [Till], topic: { publish: 'all' }, telemetry })
  const paid = { type: 'Paid', data: { card: '1' }, metadata: { traceparent, tracestate: 'vendor=1' } }
  // Inside a span, whose trace it would get if it had none.
  const around = { name: 'import', kind: 'internal', attributes: {} } as const
  await telemetry.span(around, () => app.store.append('till-t-1', [paid]))
  await app.idle()
  const { events } = await app.store.read('till-t-1')
  assert.equal(events[0]?.metadata.traceparent, traceparent)
  const sent = only(spans(), 'send app.events')
  assert.equal(sent.trace, '0af7651916cd43dd8448eb211c80319c')
  assert.equal(sent.parent, 'b7ad6b7169203331')
  const [message] = (await app.broker.latest('app.events', 1)).slice(-1)
  assert.equal(message?.headers.traceparent, `00-${sent.trace}-${sent.id}-01`)
  assert.equal(message?.headers.tracestate, 'vendor=1')
  assert.equal(JSON.parse(message?.value ?? '{}').traceparent, traceparent)
  await app.stop()
  await end()
})

test('without telemetry nothing is added to events and messages', async () => {
  await using app = await eventwright({ store: memory(), run: [Till], topic: { publish: 'all' } })
  await app.execute(Till.pay('t-1', { card: '1' }))
  await app.idle()
  const { events } = await app.store.read('till-t-1')
  assert.deepEqual(Object.keys(events[0]?.metadata ?? {}).sort(), [
    'causationId',
    'commandId',
    'correlationId',
  ])
  const [message] = (await app.broker.latest('app.events', 1)).slice(-1)
  assert.deepEqual(Object.keys(message?.headers ?? {}), ['content-type'])
})

const schemas = freshSchemas('a trace over processes on PostgreSQL')
const files = (name: string): string => `sqlite:${join(folder, name)}.db`
const kafka = async (): Promise<string> => (await testKafka()).url
for (const [engine, skip, urlOf, brokerUrl] of [
  ['sqlite', false, files, files],
  ...(schemas ? ([['postgres', false, schemas, schemas]] as const) : []),
  ['kafka', withoutKafka(), (name: string) => files(`${name}-beside-kafka`), kafka],
] as const) {
  test(`a trace goes on in another process, and comes back, on ${engine}`, {
    skip,
    timeout: 120_000,
  }, async () => {
    const [orders, warehouse, broker] = [urlOf('orders'), urlOf('warehouse'), await brokerUrl('broker')]
    const { telemetry, spans, end } = recorder()
    const service = join(import.meta.dirname, 'fixtures/traced-service.ts')
    const child = fork(service, [warehouse, broker], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    after(() => child.kill('SIGKILL'))
    await once(child, 'message')
    await using app = await eventwright({
      store: await storeEngine(orders),
      broker: await brokerEngine(broker),
      run: unanswered,
      telemetry,
    })
    await app.execute(placeOrder('o-1', 2))
    await until(async () => (await app.store.read('order-o-1')).version === 2)
    await app.stop()
    child.send('spans')
    const [told] = await once(child, 'message')
    const theirs: readonly RecordedSpan[] = told
    const all = [...spans(), ...theirs]
    const { trace } = only(spans(), 'execute order.place')
    const reserved = last(
      theirs.filter((span) => span.trace === trace),
      'execute stock.reserve',
    )
    assert.equal(lineage(all, reserved).at(-1), 'execute order.place')
    const line = lineage(all, last(spans(), 'execute order.confirm'))
    assert.ok(line.includes('execute stock.reserve'), line.join(' < '))
    assert.equal(line.at(-1), 'execute order.place')
    await end()
  })
}

/** What the conventions call an engine. */
function systemOf(engine: string): string {
  return engine === 'postgres' ? 'postgresql' : engine
}
