// The relay publishes a log: node eventwright.mjs STORE BROKER SERVICE COUNT.
import process from 'node:process'
import { brokerEngine, eventwright, RELAY, storeEngine } from '@eventwright/core'
import { Order } from '../app/shop.mjs'
import { tell, turn, until } from '../app/turn.mjs'

const [store = '', broker = '', name = '', count = '0'] = process.argv.slice(2)
const engines = { store: await storeEngine(store), broker: await brokerEngine(broker) }
await turn()
const begun = performance.now()
await using app = await eventwright({ ...engines, name, run: [Order], topic: { publish: 'all' } })
await until(async () => (await app.store.checkpoint(RELAY)) >= Number(count))
tell(Number(count), begun)
