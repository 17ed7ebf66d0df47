export * from './broker.ts'
