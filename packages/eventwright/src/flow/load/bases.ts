import type { Command, Flow, JsonObject, Stimulus } from '../model/index.ts'

/** Data that the file itself gives a command: that of its scenarios, and the examples of its fields. */
export function basesOf(flow: Flow, command: Command): readonly JsonObject[] {
  const played = flow.scenarios
    .flatMap(({ when }) => when.flatMap(commandsIn))
    .filter((stimulus) => stimulus.command === command.name)
  return [command.payload.example, ...played.map(({ data }) => data)]
}

function commandsIn(stimulus: Stimulus): readonly Extract<Stimulus, { kind: 'command' }>[] {
  if (stimulus.kind === 'command') return [stimulus]
  return stimulus.kind === 'together' ? stimulus.stimuli : []
}
