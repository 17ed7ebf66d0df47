import type { Ahead } from '../store/index.ts'
import type { Command } from './command.ts'
import type { CommandTx } from './command-tx.ts'
import { type AggregateDefinition, streamOf } from './definition.ts'
import { keptVersion } from './kept-states.ts'

/** What deciding a command reads, but for a snapshot and what comes behind one. */
export function aheadOf(
  tx: CommandTx,
  definition: AggregateDefinition,
  { aggregate, id, commandId, compensates }: Command & { readonly commandId: string },
): Pick<Ahead, 'streams' | 'commands'> {
  const stream = streamOf(aggregate, id)
  const commands = [commandId, ...(compensates === undefined ? [] : [compensates])].map((one) => ({
    stream,
    commandId: one,
  }))
  if (definition.snapshot !== undefined) return { commands }
  return { commands, streams: [{ stream, from: keptVersion(tx, definition, stream) ?? 1 }] }
}
