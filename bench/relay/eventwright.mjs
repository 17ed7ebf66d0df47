// The relay publishes a log: node eventwright.mjs STORE BROKER SERVICE COUNT.
import process from 'node:process'
import { eventwright, RELAY } from '@eventwright/core'
import { brokerEngine, storeEngine } from '@eventwright/core/engines'
import { Order } from '../app/shop.mjs'
import { tell, turn, until } from '../app/turn.mjs'

const [store = '', broker = '', name = '', count = '0'] = process.argv.slice(2)
const engines = { store: await storeEngine(store), broker: await brokerEngine(broker) }
await turn()
await using app = await eventwright({ ...engines, name, run: [Order], topic: { publish: 'all' } })
// Opening the app is no part of it: from the first messages that stand to the last.
await until(async () => (await app.store.checkpoint(RELAY)) > 0)
const first = await app.store.checkpoint(RELAY)
const begun = performance.now()
await until(async () => (await app.store.checkpoint(RELAY)) >= Number(count))
tell(Number(count) - first, begun)
