import type { Code } from '../codes.ts'

/** Something wrong with an event, by JSON pointer from the event's root. */
export type Problem = {
  readonly code: Code
  readonly pointer: string
  /** It is the key itself that is wrong, not its value. */
  readonly onKey?: boolean
  readonly message: string
  readonly mend: string
}
