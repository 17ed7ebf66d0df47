export * from './command.ts'
export * from './definition.ts'
export * from './result.ts'
