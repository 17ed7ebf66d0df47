export type { WorkContext } from './context.ts'
export { beginWork, type Work } from './work.ts'
