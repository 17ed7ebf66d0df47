import { eventwright, newId } from '@eventwright/core'
import { postgres } from '@eventwright/core/postgres'
import { Order } from '../../../app/shop.mjs'
import { order } from '../order.mjs'

/** Commands with an id on an aggregate: loaded, decided, appended and recorded. @param {string} url */
export async function open(url) {
  const app = await eventwright({ store: postgres(url), run: [Order], start: false })
  return {
    /** @param {string} stream @param {number} _version @param {number} n */
    async append(stream, _version, n) {
      await app.execute(Order.place(stream, order(n)), { commandId: newId() })
    },
    close: () => app.stop(),
  }
}
