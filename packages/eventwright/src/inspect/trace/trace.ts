/** Why a saga sent a command, as its log has it. */
export type CommandRole = 'do' | 'undo' | 'timeout' | 'completed' | 'compensated'

/**
 * One thing that happened, with what it caused. Times are milliseconds since 1970, spans milliseconds; what the stores
 * do not say is left out.
 */
export interface TraceNode {
  readonly kind: 'command' | 'event' | 'saga' | 'note'
  /** The type of a command or an event, the name of a saga; of a note what it says. Empty for a command of an unknown type. */
  readonly name: string
  /** Of the command or the event; the stream of a saga. */
  readonly id?: string
  /** The store in which it was found. */
  readonly service?: string
  readonly tenant?: string
  /** Of an event; of a command the stream that it goes to. */
  readonly stream?: string
  readonly version?: number
  readonly position?: number
  readonly at?: number
  /** Until a command was answered, until a saga ended. */
  readonly took?: number
  /** The step of the saga that a command is sent for: its path, with the rounds of loops. */
  readonly step?: string
  readonly role?: CommandRole
  /** Of a command: the store of the saga that sent it, and when that stops to wait for the answer. */
  readonly sender?: string
  readonly due?: number
  /** True where it was done, and its saga still waits for the event that completes the step. */
  readonly open?: boolean
  /** How often a saga sent it, where that was more than once. */
  readonly attempts?: number
  /**
   * Of a command `events`, `nothing`, `refused`, where it was not decided `waits` or `parked`, where its saga has its
   * answer and no store that is given shows more `unknown`; of a saga `running`,
   * `compensating`, `stuck`, `completed` or `compensated`; of an event `parked` where somebody cannot take it.
   */
  readonly outcome?: string
  /** A refusal's name; what it waits for, or who parked it and why. */
  readonly why?: string
  /** Set where it belongs to another conversation. */
  readonly conversation?: string
  readonly data?: unknown
  readonly caused: readonly TraceNode[]
}

/** One conversation: what its first command or event led to, over all the stores. */
export interface Trace {
  readonly correlationId: string
  /** Where everything in it is of one tenant. */
  readonly tenant?: string
  readonly begun: number
  /** From its first to its last event. */
  readonly took: number
  /** Without the technical ones. */
  readonly events: number
  readonly roots: readonly TraceNode[]
  /** True where there was more than is looked at. */
  readonly cut: boolean
}
