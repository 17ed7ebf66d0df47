import type { FunctionName } from './index.ts'

/** A function, and those that it calls. */
export interface Written {
  readonly text: string
  readonly needs?: readonly FunctionName[]
}
