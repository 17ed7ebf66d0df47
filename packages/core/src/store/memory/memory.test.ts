import { storeSuite } from '../../testing/store-suite.ts'
import { memoryStoreEngine } from './index.ts'

storeSuite({
  name: 'memory',
  async fresh() {
    const engine = memoryStoreEngine()
    return { engine, renewEpoch: (options) => engine.renewEpoch(options), dispose: async () => engine.drop() }
  },
})
