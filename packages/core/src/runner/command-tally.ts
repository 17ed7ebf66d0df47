import type { CommandResult } from '../aggregate/index.ts'

/** What became of commands: `failed` are those that threw, which is no outcome. Repeated ones count again. */
export interface CommandTally {
  readonly events: number
  readonly nothing: number
  readonly refused: number
  readonly failed: number
}

export interface CommandCounter {
  readonly tally: CommandTally
  /** Counts the result when it is there, and calls `ended` before who waits for it goes on. */
  count<Result extends Pick<CommandResult, 'outcome'>>(
    result: Promise<Result>,
    ended: () => void,
  ): Promise<Result>
}

export function commandCounter(): CommandCounter {
  const tally = { events: 0, nothing: 0, refused: 0, failed: 0 }
  return {
    get tally() {
      return { ...tally }
    },
    count: (result, ended) =>
      result.then(
        (known) => {
          ended()
          tally[known.outcome]++
          return known
        },
        (error: unknown) => {
          ended()
          tally.failed++
          throw error
        },
      ),
  }
}
