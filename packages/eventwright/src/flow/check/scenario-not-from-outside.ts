import type { CommandStimulus, Stimulus } from '../model/index.ts'
import type { Rule } from './rule.ts'

export const scenarioNotFromOutside: Rule = {
  code: 'scenario-not-from-outside',
  *find(flow) {
    for (const scenario of flow.scenarios) {
      for (const { command, place } of scenario.when.flatMap(commands)) {
        if (flow.commands.get(command)?.by !== undefined) continue
        yield {
          place,
          message: `\`${command}\` is sent from outside here, and no \`by:\` says who does that.`,
          mend: `Say it in the command: \`by: …\`, or start from \`given:\` events.`,
        }
      }
    }
  },
}

function commands(stimulus: Stimulus): readonly CommandStimulus[] {
  if (stimulus.kind === 'together') return stimulus.stimuli
  return stimulus.kind === 'command' ? [stimulus] : []
}
