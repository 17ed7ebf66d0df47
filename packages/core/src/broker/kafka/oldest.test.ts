import { after, before, test } from 'node:test'
import { withoutKafka } from '../../../../../scripts/kafka/broker.mjs'
import { brokerSuite } from '../../testing/broker-suite.ts'
import { type OwnCluster, startOwnCluster } from './fixtures/own-cluster.ts'

/** The oldest that we promise to run on. */
const OLDEST = '3.7.2'

const skip = withoutKafka()
let own: OwnCluster

if (skip !== false) test('a broker on the oldest Kafka', { skip })
else {
  before(async () => {
    own = await startOwnCluster(OLDEST)
  })
  after(() => own?.[Symbol.asyncDispose]())

  brokerSuite('the oldest Kafka', async () => own.place())
}
