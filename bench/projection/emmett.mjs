// Emmett's projection catches up: node emmett.mjs URL COUNT. The log is filled first, untimed.
import process from 'node:process'
import { getPostgreSQLEventStore, pongoMultiStreamProjection } from '@event-driven-io/emmett-postgresql'
import { add, COLLECTION } from '../app/shop.mjs'
import { tell, turn } from '../app/turn.mjs'
import { oldStream, order, TYPE } from '../store/sides/order.mjs'

const [url = '', count = '0'] = process.argv.slice(2)
const STREAM = 1_000
const store = getPostgreSQLEventStore(url)
await store.schema.migrate()
for (let from = 0; from < Number(count); from += STREAM) {
  const events = Array.from({ length: STREAM }, (_, i) => ({
    type: TYPE,
    data: order(from + i),
    metadata: {},
  }))
  await store.appendToStream(oldStream(from), events)
}
const projection = pongoMultiStreamProjection({
  collectionName: COLLECTION,
  canHandle: [TYPE],
  getDocumentId: ({ data }) => data.customerId,
  evolve: (document, { data }) => add(document, data),
})
// By default it takes 100 events at a time and sleeps 50 ms after each: no more than 2,000 a second.
const consumer = store.consumer({
  pulling: { batchSize: 500, pullingFrequencyInMs: 1 },
  stopWhen: { noMessagesLeft: true },
})
consumer.projector({ projection })
await turn()
const begun = performance.now()
await consumer.start()
tell(Number(count), begun)
await consumer.close()
process.exit(0)
