export * from './component.ts'
