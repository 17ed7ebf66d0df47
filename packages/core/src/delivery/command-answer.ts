import {
  COMMAND_HANDLED,
  type Command,
  type CommandHandled,
  type CommandResult,
  streamOf,
} from '../aggregate/index.ts'
import type { Json, Metadata } from '../event/index.ts'
import type { Tx } from '../store/index.ts'

/** Logs what became of a command, for who sent it. */
export async function answer(
  tx: Tx,
  command: Command & { readonly commandId: string },
  result: CommandResult,
): Promise<void> {
  const { commandId, type, aggregate, id, correlationId = commandId, saga } = command
  const refused = result.outcome === 'refused' ? result : undefined
  const data: CommandHandled = {
    commandId,
    type,
    aggregate,
    id,
    outcome: result.outcome,
    ...(refused ? { refusal: refused.refusal } : {}),
    ...(refused?.message === undefined ? {} : { message: refused.message }),
  }
  const own: Metadata = { correlationId, causationId: commandId, commandId }
  const sagaOf: { readonly [name: string]: Json } = saga === undefined ? {} : { saga }
  await tx.append(answerStream(aggregate, id), [
    { type: COMMAND_HANDLED, data, metadata: { ...own, ...sagaOf } },
  ])
}

/** Where the answers to an aggregate's commands stand: `command:order-o-1`. */
export function answerStream(aggregate: string, id: string): string {
  return `command:${streamOf(aggregate, id)}`
}
