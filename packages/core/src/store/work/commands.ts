import { checkId, checkStream } from '../names.ts'
import { pair } from '../settle/index.ts'
import type { CommandRecord, Tx } from '../transaction.ts'
import { refuseEnded, underWay, type WorkContext } from './context.ts'

export function commandWork(context: WorkContext): Tx['commands'] {
  const { unit } = context
  const own = new Map<string, CommandRecord>()
  const check = (stream: string, commandId: string): void => {
    refuseEnded(context)
    checkStream(stream)
    checkId(commandId, 'a command id')
  }
  return {
    async find(stream, commandId) {
      check(stream, commandId)
      const recordedHere = own.get(pair(unit.tenant, stream, commandId))
      if (recordedHere !== undefined) return recordedHere
      const found = await underWay(context, () => context.engine.command(unit.tenant, stream, commandId))
      unit.reads.commands.push({ stream, commandId, known: found !== undefined })
      return found
    },
    record(stream, record) {
      check(stream, record.commandId)
      own.set(pair(unit.tenant, stream, record.commandId), record)
      unit.writes.commands.push({ stream, record })
    },
  }
}
