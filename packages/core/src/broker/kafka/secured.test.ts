import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { withoutKafka } from '../../../../../scripts/kafka/broker.mjs'
import { eventually, message, observe } from '../../testing/broker/observe.ts'
import { type SecuredCluster, startSecuredCluster } from './fixtures/secured-cluster.ts'
import { kafkaBroker } from './index.ts'

suite('a cluster that is reached over TLS and asks who comes', { skip: withoutKafka() }, () => {
  let cluster: SecuredCluster
  before(async () => {
    cluster = await startSecuredCluster()
  })
  after(() => cluster?.[Symbol.asyncDispose]())

  const engine = (login: string, query: string, trusted: boolean, host = 'localhost') =>
    kafkaBroker(
      `kafka://${login}@${host}:${cluster.port}?${query}`,
      trusted ? { tls: { ca: cluster.certificate } } : {},
    )

  for (const [mechanism, host] of [
    ['PLAIN', 'localhost'],
    ['SCRAM-SHA-512', '127.0.0.1'],
  ] as const)
    test(`takes and gives messages, by ${mechanism} at ${host}`, async () => {
      const query = `tls=true&mechanism=${mechanism}&prefix=${mechanism}.`
      await using stack = new AsyncDisposableStack()
      const broker = stack.adopt(await engine('me:hunter2', query, true, host).openBroker(), (it) =>
        it.close(),
      )
      await broker.ensureTopic('t', { partitions: 2 })
      await broker.publish('t', [message('m', 'k')])
      const { ids } = await observe(broker, { topics: ['t'] })
      await eventually(() => assert.deepEqual(ids(), ['m']))
    })

  for (const [what, login, query, trusted, told] of [
    ['a certificate that nobody trusts', 'me:hunter2', 'tls=true', false, /self.signed certificate/],
    ['a wrong password', 'me:wr0ng', 'tls=true&mechanism=SCRAM-SHA-512', true, /[Aa]uthentication failed/],
    ['no TLS where it is asked for', 'me:hunter2', '', false, /TLS/],
  ] as const)
    test(`tells of ${what}, and of no password`, async () => {
      await assert.rejects(engine(login, query, trusted).openBroker(), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'BrokerUnreachable')
        assert.match(error.message, told)
        assert.doesNotMatch(error.message, /hunter2|wr0ng/)
        return true
      })
    })
})
