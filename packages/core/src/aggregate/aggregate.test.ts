import { memoryStoreEngine } from '../store/memory/index.ts'
import { aggregateSuite } from '../testing/aggregate-suite.ts'

aggregateSuite('memory', async () => ({ engine: memoryStoreEngine(), dispose: async () => undefined }))
