export { type MemoryStoreEngine, memoryStoreEngine } from './store-engine.ts'
