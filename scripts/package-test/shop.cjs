const { catalog, eventwright } = require('@eventwright/core')
const { sqlite } = require('@eventwright/core/sqlite')

const shop = catalog({ namespace: 'com.example.shop' })
const Order = shop
  .aggregate('order', { placed: false })
  .decide({ place: (state, data) => (state.placed ? [] : { type: 'OrderPlaced', data }) })
  .evolve({ OrderPlaced: () => ({ placed: true }) })

async function main() {
  const app = await eventwright({ store: sqlite('common.db'), run: [Order] })
  const { outcome } = await app.execute(Order.place('o-1', { sku: 'tea' }), { commandId: 'click-1' })
  await app.stop()
  console.log(outcome)
}

main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
