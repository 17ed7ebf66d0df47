// A consumer takes a topic in: node eventwright.mjs STORE BROKER SERVICE COUNT.
// Several of them share the group.
import process from 'node:process'
import { eventwright } from '@eventwright/core'
import { brokerEngine, storeEngine } from '@eventwright/core/engines'
import { buyers, COLLECTION } from '../app/shop.mjs'
import { check, tell, turn, until } from '../app/turn.mjs'

const [store = '', broker = '', service = '', count = '0'] = process.argv.slice(2)
const engines = { store: await storeEngine(store), broker: await brokerEngine(broker) }
const consumer = buyers(service)
await turn()
const begun = performance.now()
await using app = await eventwright({ ...engines, name: 'buying', run: [consumer] })
await until(async () => (await app.broker.groupLag(consumer.name)) === 0)
tell(Number(count), begun)
await check(app.documents(COLLECTION), Number(count))
