import { memoryBroker } from '../broker/index.ts'
import { memoryStoreEngine } from '../store/memory/index.ts'
import { deliverySuite } from '../testing/delivery-suite.ts'

deliverySuite('memory', async () => ({
  store: memoryStoreEngine(),
  broker: memoryBroker(),
  dispose: async () => {},
}))
