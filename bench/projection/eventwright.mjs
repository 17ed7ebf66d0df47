// A projection catches up: node eventwright.mjs URL COUNT [part]; `part` where the log is longer than COUNT.
import process from 'node:process'
import { eventwright } from '@eventwright/core'
import { postgres } from '@eventwright/core/postgres'
import { demand } from '../app/shop.mjs'
import { check, tell, turn, until } from '../app/turn.mjs'

const [url = '', count = '0', part = ''] = process.argv.slice(2)
await turn()
const begun = performance.now()
await using app = await eventwright({ store: postgres(url), run: [demand] })
await until(async () => (await app.store.checkpoint(`projection:${demand.name}@1`)) >= Number(count))
tell(part ? await app.store.checkpoint(`projection:${demand.name}@1`) : Number(count), begun)
if (!part) {
  await app.caughtUp(demand)
  await check(app.documents(demand.name), Number(count))
}
