import { brokerSuite } from '../../testing/broker-suite.ts'
import { placeOn } from '../fixtures/cut-off.ts'
import { openBroker } from '../open-broker.ts'
import { emptyMemory, memoryStorage } from './memory-storage.ts'

brokerSuite('memory', async () => {
  const memory = emptyMemory()
  const engine = {
    url: 'memory:',
    openBroker: async () => openBroker(memoryStorage(memory)),
  }
  return placeOn(engine, async () => memoryStorage(memory))
})
