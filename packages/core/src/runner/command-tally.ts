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
  count(result: Promise<Pick<CommandResult, 'outcome'>>): void
}

export function commandCounter(): CommandCounter {
  const tally = { events: 0, nothing: 0, refused: 0, failed: 0 }
  return {
    get tally() {
      return { ...tally }
    },
    count(result) {
      result.then(
        ({ outcome }) => {
          tally[outcome]++
        },
        () => {
          tally.failed++
        },
      )
    },
  }
}
