/** The exit codes of every command. */
export const EXIT = {
  good: 0,
  /** Findings, or a scenario that failed. */
  findings: 1,
  /** A flow file or a schema that is broken. */
  broken: 2,
  usage: 3,
  /** Something cannot be reached or read. */
  unreachable: 4,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** What a command says when it is done. */
export type Finish = (code: ExitCode) => void
