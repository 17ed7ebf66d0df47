import { type Check, twice } from './check.ts'
import { COMMAND_HANDLED, TECHNICAL } from './events.ts'
import type { LoggedEvent } from './log.ts'

/** The logs by themselves. */
export const logChecks: readonly Check[] = [
  {
    name: 'every stream is gapless from 1, in the order of the log',
    *offenders({ stores }) {
      for (const { log } of stores) {
        const versions = new Map<string, number>()
        for (const { stream, version, position } of log) {
          if (version !== (versions.get(stream) ?? 0) + 1)
            yield `${stream} at position ${position}: version ${version}`
          versions.set(stream, version)
        }
      }
    },
  },
  {
    name: 'a stream stands in one store',
    offenders: ({ stores }) =>
      twice(stores.flatMap(({ log }) => [...new Set(log.map(({ stream }) => stream))])),
  },
  {
    name: 'no event id stands twice',
    offenders: ({ events }) => twice(events.map(({ id }) => id)),
  },
  {
    name: 'no command has an effect twice',
    offenders: ({ events }) => twice(events.filter(isEffect).map(effectOf)),
  },
  {
    name: 'no command is answered twice',
    offenders: ({ events }) =>
      twice(events.filter(({ type }) => type === COMMAND_HANDLED).map(({ data }) => String(data.commandId))),
  },
]

function isEffect({ type, commandId }: LoggedEvent): boolean {
  return commandId !== undefined && !type.startsWith(TECHNICAL)
}

/** No command of this flow decides on two events of one type. */
function effectOf({ stream, type, commandId }: LoggedEvent): string {
  return `${commandId}: ${type} in ${stream}`
}
