import { sendsOf } from './life.ts'
import type { Rule } from './rule.ts'

export const commandNeverSent: Rule = {
  code: 'command-never-sent',
  *find(flow) {
    const sent = new Set(sendsOf(flow).map((send) => send.command))
    for (const command of flow.commands.values()) {
      if (command.by !== undefined || sent.has(command.name)) continue
      yield {
        place: command.place,
        message: `Nobody sends \`${command.name}\`.`,
        mend: 'Send it from a saga, say who outside does (`by: customer`), or remove it.',
      }
    }
  },
}
