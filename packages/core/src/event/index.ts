export * from './clock.ts'
export * from './errors.ts'
export * from './event.ts'
export * from './logger.ts'
