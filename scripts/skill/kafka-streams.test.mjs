import assert from 'node:assert/strict'
import { globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fromCloudEvent } from '@eventwright/core'
import { startKafka } from '../kafka/broker.mjs'
import { missing } from '../machine.mjs'
import { application } from './streams-app/application.mjs'
import { classPath, maven, PROJECT, testReports } from './streams-app/build.mjs'
import { startDriver } from './streams-app/driver.mjs'
import { customers, isTick, newer, shop, ticks } from './streams-app/orders.mjs'

/** @typedef {import('./streams-app/application.mjs').Application} Application */
/** @typedef {import('./streams-app/driver.mjs').Driver} Driver */
/** @typedef {import('./streams-app/driver.mjs').Received} Received */

const TOPICS = {
  'shop.orders': 3,
  'shop.payments': 3,
  'shop.customers': 2,
  'shop.paid-orders': 3,
  'shop.spending': 3,
  'shop.spending.dlq': 3,
}
const LIMIT_MS = 280_000

describe('the Kafka Streams application', { skip: missing('java', 'maven') }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'eventwright-streams-'))
  const target = join(folder, 'target')
  after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }))

  test('is built and tested by its pom, and the skill stays as it was installed', async () => {
    const files = globSync('**/*', { cwd: PROJECT }).sort()
    const { code, output } = await maven(target, 'test')
    assert.equal(code, 0, output)
    assert.equal(output, '')
    const { tests, skipped } = testReports(target)
    assert.ok(tests >= 45, `only ${tests} tests ran`)
    assert.equal(skipped, 0)
    assert.deepEqual(globSync('**/*', { cwd: PROJECT }).sort(), files)
  })

  describe('on a real broker, with instances that are killed', () => {
    /** @type {import('../kafka/broker.mjs').Kafka} */
    let kafka
    /** @type {Driver} */
    let driver
    /** @type {Application[]} */
    let instances = []
    const { messages, paid, windows, poison } = shop(2000)
    const parts = slices(messages, 24)
    const sendMore = async () => driver.send(parts.shift() ?? [])

    before(async () => {
      kafka = await startKafka({ config: { 'auto.create.topics.enable': false } })
      driver = startDriver(kafka.bootstrap, classPath(target))
      await driver.createTopics(TOPICS)
      instances = await Promise.all(['a', 'b'].map((name) => instance(name)))
    })
    after(async () => {
      await Promise.all(instances.map((app) => app.kill('SIGKILL')))
      driver?.stop()
      await kafka?.stop()
    })

    /** @param {string} name */
    const instance = (name) =>
      application({
        name,
        bootstrap: kafka.bootstrap,
        classPath: classPath(target),
        folder,
        env: {
          THREADS: '1',
          // The two halves of the input are read at different speeds, which is not what is tested.
          SPENDING_GRACE: 'PT24H',
          SPENDING_KEPT: 'PT96H',
          // Long transactions: a kill meets one that is open.
          STREAMS_COMMIT_INTERVAL_MS: '1000',
        },
      })

    /**
     * @param {string} what
     * @param {() => Promise<boolean>} holds
     */
    async function until(what, holds) {
      const end = Date.now() + LIMIT_MS
      while (!(await holds().catch(() => false))) {
        assert.ok(
          Date.now() < end,
          `${what}: not in time\n${instances.map((app) => app.log().slice(-3000)).join('\n---\n')}`,
        )
        await sleep(300)
      }
    }

    /** @type {unknown[]} */
    const wrongAnswers = []

    /** @param {Application} app */
    const ready = (app) =>
      until('ready', async () => {
        const query = await app.get('/customers/c-0/spending')
        if (query.status !== 200 && query.status !== 503) wrongAnswers.push(query)
        return (await app.get('/health/ready')).status === 200
      })

    /** @param {string} topic */
    const results = async (topic) => (await driver.read(topic)).filter(({ key }) => !isTick(key))

    test('two instances start, and share the work', async () => {
      await driver.send(customers())
      for (const app of instances) app.start()
      await Promise.all(instances.map(ready))
      await sendMore()
      await until('results', async () => (await results('shop.paid-orders')).length > 0)
    })

    test('while one is dead, the other answers for it from its copy, and says so', async () => {
      const [a, b] = instances
      assert.ok(a && b)
      await sendUntilOpen()
      await a.kill('SIGKILL')
      await until('a stale answer', () => answersStale(b))
      a.start()
    })

    test('both are killed in the middle of a transaction, and start again', async () => {
      let hit = false
      while (!hit && parts.length > 0) {
        await sendUntilOpen()
        await Promise.all(instances.map((app) => app.kill('SIGKILL')))
        hit = await isOpen()
        for (const app of instances) app.start()
      }
      assert.ok(hit, 'no kill met an open transaction: nothing was shown')
      await driver.send(parts.flat())
    })

    test('what came out is exact: each paid order once, each window once, each poison once', async () => {
      await until('all', async () => (await results('shop.paid-orders')).length >= paid.size)
      await driver.send(ticks())
      await until('windows', async () => (await results('shop.spending')).length >= windows.size)
      await driver.send([{ topic: 'shop.payments', key: 'last', value: 'poison', at: Date.now() }])
      await until('dead letters', async () => (await driver.read('shop.spending.dlq')).length > poison)

      assertPaid(await results('shop.paid-orders'))
      assertWindows(await results('shop.spending'))
      assertDeadLetters(await driver.read('shop.spending.dlq'))
    })

    test('any instance answers for any customer, of its own or by asking the other', async () => {
      await Promise.all(instances.map(ready))
      for (const customerId of ['c-0', 'c-1', 'c-2', 'c-3', 'c-4', 'c-5']) {
        const expected = [...windows.values()]
          .filter((window) => window.customerId === customerId)
          .map(({ from, orders, total }) => ({ from, orders, total }))
          .sort((x, y) => (x.from < y.from ? -1 : 1))
        for (const app of instances) {
          const { status, body } = await app.get(`/customers/${customerId}/spending`)
          assert.deepEqual(
            { status, body },
            { status: 200, body: { customerId, stale: false, windows: expected } },
          )
        }
      }
      const [a] = instances
      assert.equal((await a?.get('/customers/nobody/spending'))?.body.windows.length, 0)
      assert.equal((await a?.get('/nothing'))?.status, 404)
      assert.equal((await a?.get('/health/live'))?.status, 200)
      assert.deepEqual(wrongAnswers, [])
    })

    test('an event of a newer release stops the instance that has it, and the other goes on until it is told', async () => {
      await driver.send([newer()])
      await until('an end', async () => instances.some((app) => app.exitCode() !== null))
      const ended = instances.find((app) => app.exitCode() !== null)
      const other = instances.find((app) => app !== ended)
      assert.equal(ended?.exitCode(), 1)
      await until('its reason', async () =>
        /OrderPlaced version 3; this release knows 2/.test(ended?.log() ?? ''),
      )
      await until('the other to go on', async () => (await other?.get('/health/ready'))?.status === 200)
      assert.equal(await other?.kill('SIGTERM'), 143)
      // That it is closed by then is known by `close`, and told to nobody where the process ends first.
      const log = other?.log() ?? ''
      assert.match(log, /-> PENDING_SHUTDOWN/)
      assert.doesNotMatch(log, /not closed within/)
    })

    /**
     * Of customers that the dead instance has, the other one has a copy, and says that it is one.
     * @param {Application} app
     */
    async function answersStale(app) {
      const ids = Array.from({ length: 10 }, (_, number) => `c-${number}`)
      const answers = await Promise.all(ids.map((id) => app.get(`/customers/${id}/spending`)))
      return answers.some(({ status, body }) => status === 200 && body.stale)
    }

    /** Whether there are results of a transaction that is neither committed nor aborted. */
    const isOpen = async () => (await driver.open('shop.paid-orders')) > 0

    /** One that is committed before anybody looks is not seen open: then the next part makes another. */
    async function sendUntilOpen() {
      for (let seen = false; !seen; ) {
        assert.ok(parts.length > 0, 'no transaction was seen open')
        const before = (await results('shop.paid-orders')).length
        await sendMore()
        await until('a transaction', async () => {
          seen = await isOpen()
          return seen || (await results('shop.paid-orders')).length > before
        })
      }
    }

    /** @param {Received[]} received */
    function assertPaid(received) {
      const events = received.map(({ value }) => fromCloudEvent(value).event)
      const totals = events.map(({ data }) => [String(field(data, 'orderId')), field(data, 'total')])
      assert.deepEqual(Object.fromEntries(totals), Object.fromEntries(paid))
      assert.equal(events.length, paid.size, 'some came twice')
      const strangers = received.filter(({ value }) => JSON.parse(value).data.customer?.country !== 'IE')
      assert.deepEqual(strangers, [])
    }

    /** @param {Received[]} received */
    function assertWindows(received) {
      const found = received.map(({ value }) => JSON.parse(value).data)
      assert.equal(found.length, windows.size, 'a window spoke twice')
      for (const { customerId, from, orders, total } of found) {
        assert.deepEqual({ customerId, from, orders, total }, windows.get(`${customerId} ${from}`))
      }
    }

    /** @param {Received[]} received */
    function assertDeadLetters(received) {
      assert.equal(received.length, poison + 1)
      for (const { headers } of received) {
        assert.equal(headers['__streams.errors.exception'], 'com.example.shop.KafkaStreamsApp$BadEvent')
        assert.equal(headers['__streams.errors.message'], 'not JSON')
        assert.match(headers['__streams.errors.topic'] ?? '', /^shop\.(orders|payments)$/)
      }
    }
  })
})

/**
 * @param {unknown} data
 * @param {string} name
 */
function field(data, name) {
  return typeof data === 'object' && data !== null ? Reflect.get(data, name) : undefined
}

/**
 * @template Item
 * @param {Item[]} items
 * @param {number} count
 * @returns {Item[][]}
 */
function slices(items, count) {
  const size = Math.ceil(items.length / count)
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size))
}
