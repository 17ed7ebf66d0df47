export type { Place } from '../../findings/index.ts'
