import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import fastify from 'fastify'
import type { Reading } from '../event/index.ts'
import { catalog, memory } from '../index.ts'
import { eventwright } from './eventwright.ts'
import { example, placeOrder, receiveStock, unanswered } from './fixtures/shop.ts'
import { healthFetch, healthHandler } from './health-handler.ts'
import { prometheusText } from './prometheus.ts'

interface Family {
  readonly name: string
  readonly help: string
  readonly type: string
  readonly metrics: readonly {
    readonly value: string
    readonly labels?: { readonly [name: string]: string }
  }[]
}

/** Somebody else's parser. */
const parse: (text: string) => readonly Family[] = createRequire(import.meta.url)(
  'parse-prometheus-text-format',
)

const tills = catalog<{ Paid: { card: string } }>({ namespace: 'com.example.shop' })
const Till = tills
  .aggregate<null>('till', null)
  .decide({ pay: (_, data: { card: string }) => ({ type: 'Paid', data }) })
  .evolve({ Paid: () => null })
const receipts = tills.consumer('receipts', {
  topics: ['app.events'],
  retry: { attempts: 1 },
  on: {
    Paid: ({ data }) => {
      throw new Error(`no receipt for ${data.card}`)
    },
  },
})
const sums = tills.projection('sums', 1, {
  Paid: ({ data }) => {
    throw new Error(`no sum for ${data.card}`)
  },
})

/** A store that can be made to answer no more. */
function hanging() {
  const memoryEngine = memory()
  let hangs = false
  const engine = {
    ...memoryEngine,
    async openStore(options: Parameters<typeof memoryEngine.openStore>[0]) {
      const opened = await memoryEngine.openStore(options)
      return { ...opened, head: () => (hangs ? new Promise<number>(() => {}) : opened.head()) }
    },
  }
  return {
    engine,
    hang(yes: boolean) {
      hangs = yes
    },
  }
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return `http://127.0.0.1:${port}`
}

async function statuses(url: string): Promise<readonly number[]> {
  const paths = ['/health', '/health/live', '/health/ready']
  return Promise.all(paths.map(async (path) => (await fetch(url + path)).status))
}

test('a server of node answers health and metrics, and keeps its own paths', async () => {
  await using app = await eventwright({ store: memory(), run: example })
  const handle = healthHandler(app)
  const server = createServer((request, response) => {
    if (!handle(request, response)) response.end('mine')
  })
  const url = await listening(server)
  try {
    await app.execute(receiveStock(5))
    await app.execute(placeOrder('o-1', 2))
    await app.idle()
    assert.deepEqual(await statuses(url), [200, 200, 200])
    assert.equal(await (await fetch(`${url}/orders`)).text(), 'mine')
    assert.equal((await fetch(`${url}/health?verbose`)).status, 200)
    const health = await fetch(`${url}/health`)
    assert.match(health.headers.get('content-type') ?? '', /^application\/json/)
    const told = await health.json()
    assert.equal(told.status, 'up')
    assert.equal(told.sagas.open, 0)
    const metrics = await fetch(`${url}/metrics`)
    assert.equal(metrics.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
    assert.match(await metrics.text(), /^eventwright_lag\{component="relay"\} 0$/m)
    const head = await fetch(`${url}/metrics`, { method: 'HEAD' })
    assert.deepEqual([head.status, await head.text()], [200, ''])
    const post = await fetch(`${url}/health`, { method: 'POST' })
    assert.deepEqual([post.status, post.headers.get('allow')], [405, 'GET, HEAD'])
  } finally {
    server.close()
    server.closeAllConnections()
  }
})

test('fastify answers through the same handler', async () => {
  await using app = await eventwright({ store: memory(), run: example })
  const handle = healthHandler(app, { prefix: '/internal' })
  const server = fastify({ forceCloseConnections: true })
  server.addHook('onRequest', async (request, reply) => {
    if (handle(request.raw, reply.raw)) reply.hijack()
  })
  server.get('/orders', async () => ({ orders: [] }))
  const url = await server.listen({ port: 0, host: '127.0.0.1' })
  try {
    assert.deepEqual(await statuses(`${url}/internal`), [200, 200, 200])
    assert.deepEqual(await (await fetch(`${url}/orders`)).json(), { orders: [] })
    assert.equal((await fetch(`${url}/health`)).status, 404)
  } finally {
    await server.close()
  }
})

test('whoever speaks fetch gets the same answers', async () => {
  await using app = await eventwright({ store: memory(), run: example })
  const answer = healthFetch(app)
  const ready = await answer(new Request('http://any/health/ready'))
  assert.deepEqual(await ready?.json(), { status: 'up' })
  assert.equal(answer(new Request('http://any/orders')), undefined)
})

test('a part that stands still makes the app unwell, not unready; no payload and no key is told', async () => {
  await using app = await eventwright({
    store: memory(),
    run: [Till, receipts, sums],
    topic: { publish: 'all' },
  })
  const answer = healthFetch(app)
  await app.execute(Till.pay('key-4711', { card: 'card-4711' }))
  await app.idle()
  const get = async (path: string) => (await answer(new Request(`http://any${path}`))) ?? Response.error()
  const health = await get('/health')
  assert.equal(health.status, 503)
  const text = await health.text()
  assert.equal(JSON.parse(text).status, 'degraded')
  assert.deepEqual(JSON.parse(text).faulted, ['projection:sums@1'])
  const metrics = await (await get('/metrics')).text()
  assert.doesNotMatch(text + metrics, /4711/)
  assert.equal((await get('/health/ready')).status, 200)
  assert.equal((await get('/health/live')).status, 200)
})

test('an app that only executes is ready and well', async () => {
  await using app = await eventwright({ store: memory(), run: example, start: false })
  const answer = healthFetch(app)
  assert.equal((await answer(new Request('http://any/health')))?.status, 200)
  assert.equal((await answer(new Request('http://any/health/ready')))?.status, 200)
})

test('of a store that does not answer nothing is told but that, and before the second of a probe is over', async () => {
  const { engine, hang } = hanging()
  const app = await eventwright({ store: engine, run: [Till], topic: { publish: 'all' } })
  const answer = healthFetch(app)
  const get = async (path: string) => (await answer(new Request(`http://any${path}`))) ?? Response.error()
  await app.execute(Till.pay('t-1', { card: '1' }))
  await app.idle()
  hang(true)
  const first = await Promise.race([
    app.health().then(() => 'health()'),
    get('/health/ready').then(({ status }) => status),
  ])
  assert.equal(first, 503)
  const { status, storeAnswers, faulted, components, ...others } = await (await get('/health')).json()
  assert.deepEqual({ status, storeAnswers, faulted }, { status: 'down', storeAnswers: false, faulted: [] })
  assert.deepEqual(
    components.find(({ name }: { name: string }) => name === 'relay'),
    { name: 'relay', state: 'unknown' },
  )
  assert.deepEqual(Object.keys(others), ['oldestOpenAppend', 'openAppends'])
  const metrics = await (await get('/metrics')).text()
  assertGrammar(metrics)
  assert.match(metrics, /^eventwright_store_answers 0$/m)
  assert.match(metrics, /^eventwright_component_state\{component="relay",state="unknown"\} 1$/m)
  assert.match(metrics, /^eventwright_component_state\{component="relay",state="faulted"\} 0$/m)
  assert.doesNotMatch(metrics, /^eventwright_(lag\{component="relay"|commits_total)/m)
  hang(false)
  assert.match(await (await get('/metrics')).text(), /^eventwright_lag\{component="relay"\} 0$/m)
  await app.stop()
})

test('while it drains an app is alive and not ready, and a store that hangs is told within seconds', async () => {
  const { engine, hang } = hanging()
  const app = await eventwright({ store: engine, run: [Till], start: false })
  const answer = healthFetch(app)
  const status = async (path: string) => (await answer(new Request(`http://any${path}`)))?.status
  hang(true)
  assert.equal(await status('/health/ready'), 503)
  hang(false)
  assert.equal(await status('/health/ready'), 200)
  const stopped = app.stop()
  assert.deepEqual(
    [
      await status('/health/live'),
      await status('/health/ready'),
      await status('/health'),
      await status('/metrics'),
    ],
    [200, 503, 503, 503],
  )
  await stopped
})

test('the metrics are what Prometheus reads, and say what happened', async () => {
  await using app = await eventwright({
    store: memory(),
    run: [...unanswered, Till, receipts],
    topic: { publish: 'all' },
  })
  const answer = healthFetch(app)
  await app.execute(placeOrder('o-1', 2))
  await app.execute(placeOrder('o-1', 2))
  await app.execute(Till.pay('t-1', { card: '1' }))
  await app.execute(Till.pay('t-1', { card: '2' }))
  while ((await app.deadLetters('receipts')).length < 2) await sleep(5)
  await app.idle()
  const text = (await (await answer(new Request('http://any/metrics')))?.text()) ?? ''
  assertGrammar(text)
  const families = parse(text)
  const value = (name: string, labels: object = {}): string | undefined =>
    families
      .find((family) => family.name === name)
      ?.metrics.find((one) => JSON.stringify(one.labels ?? {}) === JSON.stringify(labels))?.value
  assert.equal(value('eventwright_parked_keys', { component: 'receipts' }), '1')
  assert.equal(value('eventwright_dead_letters', { component: 'receipts' }), '2')
  assert.equal(value('eventwright_parked_total', { component: 'receipts' }), '1')
  assert.equal(value('eventwright_sagas_open', { saga: 'checkout' }), '1')
  assert.equal(value('eventwright_sagas_stuck', { saga: 'checkout' }), '0')
  assert.equal(value('eventwright_commands_total', { outcome: 'events' }), '3')
  assert.equal(value('eventwright_commands_total', { outcome: 'refused' }), '1')
  assert.equal(value('eventwright_lease_held', { component: 'relay' }), '1')
  assert.equal(value('eventwright_component_state', { component: 'relay', state: 'running' }), '1')
  assert.equal(value('eventwright_component_state', { component: 'relay', state: 'faulted' }), '0')
  assert.equal(value('eventwright_ready'), '1')
  assert.ok(Number(value('eventwright_handled_total', { component: 'relay' })) >= 4)
  assert.ok(Number(value('eventwright_commits_total')) > 0)
  for (const { name, type, help } of families) {
    assert.ok(help.length > 10, name)
    assert.equal(type === 'COUNTER', name.endsWith('_total'), name)
  }
})

test('whatever a component is called, its label is read back as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.double(), (name, value) => {
      const figure = { name: 'eventwright.lag', kind: 'gauge', help: 'a "b" \\ c' } as const
      const readings: readonly Reading[] = [{ figure, labels: { component: name }, value }]
      const text = prometheusText(readings)
      assertGrammar(text)
      const [family] = parse(text)
      assert.equal(family?.metrics[0]?.labels?.component, name.toWellFormed())
      const read = Number(family?.metrics[0]?.value.replace('Inf', 'Infinity'))
      assert.ok(Object.is(read, value) || read === value)
    }),
    { examples: [['a"b\\c\nd', 1]] },
  )
})

/** https://prometheus.io/docs/instrumenting/exposition_formats/: each family once, its HELP and TYPE before its samples. */
function assertGrammar(text: string): void {
  assert.ok(text.endsWith('\n'))
  const label = String.raw`[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"`
  const sample = new RegExp(
    String.raw`^([a-z_:][a-z0-9_:]*)(?:\{${label}(?:,${label})*\})? (NaN|[+-]Inf|-?[0-9][0-9.e+-]*)$`,
  )
  const seen = new Set<string>()
  let current = ''
  let series = new Set<string>()
  for (const line of text.slice(0, -1).split('\n')) {
    const help = /^# HELP ([a-z_:][a-z0-9_:]*) [^\n]*$/.exec(line)
    const type = /^# TYPE ([a-z_:][a-z0-9_:]*) (counter|gauge)$/.exec(line)
    if (help?.[1] !== undefined) {
      assert.ok(!seen.has(help[1]), `${help[1]} comes twice`)
      current = help[1]
      seen.add(current)
      series = new Set()
    } else if (type) assert.equal(type[1], current)
    else {
      const found = sample.exec(line)
      assert.equal(found?.[1], current, line)
      const one = line.slice(0, line.lastIndexOf(' '))
      assert.ok(!series.has(one), `${one} comes twice`)
      series.add(one)
    }
  }
}
