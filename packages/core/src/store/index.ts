export * from './event-store.ts'
export * from './leases.ts'
export * from './timers.ts'
export * from './transaction.ts'
