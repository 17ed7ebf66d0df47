import type { Rule } from './rule.ts'

export const eventNeverEmitted: Rule = {
  code: 'event-never-emitted',
  *find(flow) {
    const emitted = new Set([...flow.commands.values()].flatMap((command) => command.emits))
    for (const event of flow.events.values()) {
      if (emitted.has(event.name)) continue
      yield {
        place: event.place,
        message: `No command emits \`${event.name}\`.`,
        mend: `Emit it from a command of \`${event.aggregate}\`, or remove it.`,
      }
    }
  },
}
