import type { Command, Expression, Flow } from '../../model/index.ts'

/** The commands whose answer hangs on `now`: the clock of the moment at which they were decided is nowhere written. */
export function timedCommands(flow: Flow): ReadonlySet<string> {
  const timed = [...flow.commands.values()].filter((command) =>
    expressionsIn(command).some(({ source }) => /\bnow\b/.test(source)),
  )
  return new Set(timed.map(({ name }) => name))
}

function expressionsIn({ ignore, requires, lets, branches }: Command): readonly Expression[] {
  const emitted = branches.flatMap(({ events }) => events.flatMap(({ data }) => data))
  return [
    ...(ignore.when ? [ignore.when] : []),
    ...requires.map(({ condition }) => condition),
    ...lets.map(({ value }) => value),
    ...branches.flatMap(({ when }) => when ?? []),
    ...emitted.flatMap(({ source }) => (source.from === 'expression' ? [source.expression] : [])),
  ]
}
