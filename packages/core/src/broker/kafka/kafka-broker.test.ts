import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { withoutKafka } from '../../../../../scripts/kafka/broker.mjs'
import { assertKeyOrder, eventually, message, observe, type Seen } from '../../testing/broker/observe.ts'
import { brokerSuite } from '../../testing/broker-suite.ts'
import { brokenNetworks } from './fixtures/broken-networks.ts'
import { type OwnCluster, startOwnCluster } from './fixtures/own-cluster.ts'
import { kafkaBroker } from './index.ts'

const skip = withoutKafka()
let own: OwnCluster

if (skip !== false) test('a broker on Kafka', { skip })
else {
  before(async () => {
    own = await startOwnCluster()
  })
  after(() => own[Symbol.asyncDispose]())

  brokerSuite('Kafka', async () => own.place())
  brokerSuite('Kafka, whose broker assigns', async () => own.place({ groupProtocol: 'consumer' }))

  brokenNetworks(() => own)

  test('who is not let in hears so at once, and no password is told', async () => {
    const wrong = kafkaBroker(`kafka://me:wr0ng@${own.proxy.address}`)
    await assert.rejects(
      wrong.openBroker(),
      ({ code, message: text }: { code?: unknown; message: string }) => {
        assert.equal(code, 'BrokerUnreachable')
        assert.match(text, /SASL authentication failed/)
        assert.ok(!text.includes('wr0ng'))
        return true
      },
    )
  })

  test('messages whose answer is lost are sent again, and stand once', async () => {
    await using stack = new AsyncDisposableStack()
    const options = { prefix: 'lost-answers.', requestTimeout: 400 }
    const broker = stack.adopt(await own.behindProxy('deaf', options), (open) => open.close())
    await broker.ensureTopic('t', { partitions: 1 })
    await broker.publish('t', [message('m-0', 'k')])
    own.proxy.deafen('deaf')
    const calls = [broker.publish('t', [message('m-1', 'k')])]
    await setTimeout(20)
    calls.push(broker.publish('t', [message('m-2', 'k')]))
    await setTimeout(1200)
    own.proxy.mend('deaf')
    await Promise.all(calls)
    const kept = await broker.latest('t', 10)
    assert.deepEqual(
      kept.map(({ id }) => id),
      ['m-0', 'm-1', 'm-2'],
    )
  })

  test('a broker that is killed and started again loses, repeats and reorders nothing', {
    timeout: 120_000,
  }, async (t) => {
    await using stack = new AsyncDisposableStack()
    const { engine } = own.place({ requestTimeout: 2000, publishTimeout: 100_000 })
    const open = async () => stack.adopt(await engine.openBroker(), (broker) => broker.close())
    const [publisher, one, two] = [await open(), await open(), await open()]
    await publisher.ensureTopic('t', { partitions: 4 })
    const seen: Seen[] = []
    for (const [member, broker] of Object.entries({ one, two })) {
      const options = { topics: ['t'], member, seen, maxInFlight: 50, batch: 10 }
      const { subscription } = await observe(broker, options)
      stack.defer(() => subscription.stop(0))
    }

    const calls: Promise<void>[] = []
    let goesOn = true
    const publishing = (async () => {
      for (let turn = 0; goesOn; turn += 1) {
        for (let key = 0; key < 7; key += 1)
          calls.push(publisher.publish('t', [message(`${turn}-${key}`, `k${key}`)]))
        // So many that are not confirmed, and no more.
        if (calls.length % 700 === 0) await calls.at(-1)
        else await setTimeout(2)
      }
    })()
    const impatient = own.place({ publishTimeout: 2000, prefix: 'impatient.' }).engine
    const waiting = stack.adopt(await impatient.openBroker(), (broker) => broker.close())
    await waiting.ensureTopic('t', { partitions: 1 })
    const { ids } = await observe(waiting, { topics: ['t'] })
    await eventually(() => assert.ok(seen.length > 300))
    await own.kafka.kill()
    await t.test(
      'while the broker is away a publish rejects after the stated time, and a start at once',
      async () => {
        const unreachable = { code: 'BrokerUnreachable', message: /ECONNREFUSED|closed/ }
        await assert.rejects(waiting.publish('t', [message('away', 'k')]), unreachable)
        await assert.rejects(impatient.openBroker(), unreachable)
      },
    )
    await own.kafka.start()
    await eventually(() => waiting.publish('t', [message('after', 'k')]))
    await eventually(() => assert.equal(ids().at(-1), 'after'))
    const before = seen.length
    await eventually(() => assert.ok(seen.length > before + 300))
    goesOn = false
    await publishing
    await Promise.all(calls)
    await eventually(async () => assert.equal(await one.groupLag('g'), 0))

    const kept = await publisher.latest('t', calls.length)
    assert.equal(kept.length, calls.length, 'each stands once')
    const turns = new Map<string | null, number>()
    for (const { id, key } of kept) {
      const turn = Number(id.split('-')[0])
      assert.equal(turn, (turns.get(key) ?? -1) + 1, `${key} in the order of the calls`)
      turns.set(key, turn)
    }
    assert.equal(new Set(seen.map((entry) => entry.message.id)).size, calls.length)
    assertKeyOrder(seen)
  })
}
