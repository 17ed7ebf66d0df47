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
import { customers, isTick, shop, ticks } from './streams-app/orders.mjs'

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
const LIMIT_MS = 120_000

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
    const { messages, paid, windows, poison } = shop(3000)

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
        await sleep(100)
      }
    }

    /** @param {Application} app */
    const ready = (app) => until('ready', async () => (await app.get('/health/ready')).status === 200)

    /** @param {string} topic */
    const results = async (topic) => (await driver.read(topic)).filter(({ key }) => !isTick(key))

    test('what comes out is exact', async () => {
      const [a, b] = instances
      assert.ok(a && b)
      const third = Math.ceil(messages.length / 3)
      await driver.send(customers())
      for (const app of instances) app.start()
      await Promise.all(instances.map(ready))

      await driver.send(messages.slice(0, third))
      await until('results', async () => (await results('shop.paid-orders')).length > paid.size / 6)
      await driver.send(messages.slice(third, 2 * third))
      await midTransaction()
      await a.kill('SIGKILL')
      await until('a stale answer', () => answersStale(b))
      await driver.send(messages.slice(2 * third))
      a.start()
      await midTransaction()
      await b.kill('SIGKILL')
      b.start()

      await until('all', async () => (await results('shop.paid-orders')).length >= paid.size)
      await Promise.all(instances.map(ready))
      await queriesAreAnswered(a, b)
      await driver.send(ticks())
      await until('windows', async () => (await results('shop.spending')).length >= windows.size)
      await driver.send([{ topic: 'shop.payments', key: 'last', value: 'poison', at: Date.now() }])
      await until('dead letters', async () => (await driver.read('shop.spending.dlq')).length > poison)
      assert.deepEqual(await Promise.all(instances.map((app) => app.kill('SIGTERM'))), [143, 143])
      for (const app of instances) assert.match(app.log(), /PENDING_SHUTDOWN -> NOT_RUNNING/)

      const orders = await results('shop.paid-orders')
      assertPaid(orders)
      assertWindows(await results('shop.spending'))
      assertDeadLetters(await driver.read('shop.spending.dlq'))
      const attempts = (await driver.read('shop.paid-orders', 'read_uncommitted')).filter(
        ({ key }) => !isTick(key),
      )
      assert.ok(
        attempts.length > orders.length,
        'no kill met results that were not committed: nothing was shown',
      )
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

    /** Waits until there are results that are not committed. */
    async function midTransaction() {
      await until('an open transaction', async () => {
        const committed = await driver.read('shop.paid-orders')
        return (await driver.read('shop.paid-orders', 'read_uncommitted')).length > committed.length + 20
      })
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

    /**
     * Any instance answers for any customer: of its own, or by asking the other.
     * @param {...Application} apps
     */
    async function queriesAreAnswered(...apps) {
      for (const customerId of ['c-0', 'c-1', 'c-2', 'c-3', 'c-4', 'c-5']) {
        const expected = [...windows.values()]
          .filter((window) => window.customerId === customerId)
          .map(({ from, orders, total }) => ({ from, orders, total }))
          .sort((x, y) => (x.from < y.from ? -1 : 1))
        for (const app of apps) {
          const { status, body } = await app.get(`/customers/${customerId}/spending`)
          assert.equal(status, 200)
          assert.deepEqual(body, { customerId, stale: false, windows: expected })
        }
      }
      assert.equal((await apps[0]?.get('/customers/nobody/spending'))?.body.windows.length, 0)
      assert.equal((await apps[0]?.get('/nothing'))?.status, 404)
      assert.equal((await apps[0]?.get('/health/live'))?.status, 200)
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
