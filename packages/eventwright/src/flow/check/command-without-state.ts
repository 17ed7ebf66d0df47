import type { Rule } from './rule.ts'

export const commandWithoutState: Rule = {
  code: 'command-without-state',
  *find(flow) {
    for (const command of flow.commands.values()) {
      if (command.accepts.length > 0) continue
      yield {
        place: command.place,
        message: `No state accepts \`${command.name}\`.`,
        mend: 'Say which do: `in: …`; `none` where it creates the stream.',
      }
    }
  },
}
