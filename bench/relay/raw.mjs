// The client alone: sends the messages of one topic to another. node raw.mjs BROKERS FROM TO COUNT. Reading is untimed.
import process from 'node:process'
import { Admin, Consumer, ProduceAcks, Producer } from '@platformatic/kafka'
import { tell, turn } from '../app/turn.mjs'

const [brokers = '', from = '', to = '', count = '0'] = process.argv.slice(2)
const base = { clientId: 'raw', bootstrapBrokers: brokers.split(',') }
const SEND = 500

const admin = new Admin(base)
await admin.createTopics({ topics: [to], partitions: 6, replicas: 1 })
await admin.close()
const messages = await readAll()
const producer = new Producer({ ...base, idempotent: true, acks: ProduceAcks.ALL, autocreateTopics: false })
await producer.initIdempotentProducer({})
await turn()
const begun = performance.now()
for (let at = 0; at < messages.length; at += SEND) {
  await producer.send({ messages: messages.slice(at, at + SEND) })
}
tell(messages.length, begun)
await producer.close()

async function readAll() {
  const consumer = new Consumer({ ...base, groupId: `raw-${process.pid}` })
  const stream = await consumer.consume({ topics: [from], mode: 'earliest', autocommit: false })
  const found = []
  for await (const { key, value, headers } of stream) {
    found.push({ topic: to, key, value, headers })
    if (found.length === Number(count)) break
  }
  await consumer.close(true)
  return found
}
