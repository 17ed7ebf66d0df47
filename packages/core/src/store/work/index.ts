export { type Ahead, lookAhead } from './ahead.ts'
export { refuseUnderWay, type WorkContext } from './context.ts'
export { beginWork, type Work } from './work.ts'
