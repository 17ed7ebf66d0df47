/** One step of an aggregate's life: in `from`, the event leads to `to`. */
export type Transition = {
  readonly command: string
  readonly from: string
  readonly event: string
  readonly to: string
}

/** What the transitions of an aggregate are made of. */
export type Outcomes = {
  readonly name: string
  readonly accepts: readonly { readonly name: string }[]
  /** The events of each branch, in order. */
  readonly branches: readonly { readonly events: readonly { readonly event: string }[] }[]
  readonly decide?: unknown
  readonly emits: readonly string[]
}

/** Every transition that the commands allow; of several events in one branch each is applied in turn. */
export function transitionsOf(
  commands: Iterable<Outcomes>,
  stateAfter: (event: string) => string | undefined,
): Transition[] {
  const result: Transition[] = []
  for (const command of commands) {
    const chains =
      command.decide === undefined
        ? command.branches.map((b) => b.events.map((e) => e.event))
        : command.emits.map((e) => [e])
    for (const { name } of command.accepts) {
      for (const chain of chains) {
        let from = name
        for (const event of chain) {
          const to = stateAfter(event) ?? from
          result.push({ command: command.name, from, event, to })
          from = to
        }
      }
    }
  }
  return result
}
