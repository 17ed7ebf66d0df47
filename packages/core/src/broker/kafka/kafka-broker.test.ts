import { after, before, test } from 'node:test'
import { type Kafka, startKafka, withoutKafka } from '../../../../../scripts/kafka/broker.mjs'
import { brokerSuite } from '../../testing/broker-suite.ts'
import { CutOff } from './fixtures/cut-off.ts'
import { kafkaBroker } from './index.ts'

const skip = withoutKafka()
let cluster: Kafka
let proxy: CutOff
let places = 0

if (skip !== false) test('a broker on Kafka', { skip })
else {
  before(async () => {
    proxy = await CutOff.start(() => cluster.nodes[0]?.second ?? '')
    const config = { 'group.min.session.timeout.ms': 100 }
    cluster = await startKafka({ advertised: proxy.address, config })
  })
  after(async () => {
    await proxy[Symbol.asyncDispose]()
    await cluster.stop()
  })
  brokerSuite('Kafka', async () => {
    const options = { prefix: `place-${places++}.`, heartbeatInterval: 50, commitInterval: 5 }
    return {
      engine: kafkaBroker(`kafka://${cluster.bootstrap}`, options),
      async openCutOff() {
        const clientId = `${options.prefix}cut-off`
        const broker = await kafkaBroker(`kafka://${proxy.address}`, { ...options, clientId }).openBroker()
        return { broker, cut: () => proxy.cut(clientId), mend: () => proxy.mend(clientId) }
      },
      dispose: async () => {},
    }
  })
}
