import { type Command, type CommandResult, streamOf } from '../aggregate/index.ts'
import { InvalidPayload } from '../event/index.ts'
import type { Tx } from '../store/index.ts'
import { answer } from './command-answer.ts'
import type { DropNote } from './dropped.ts'
import { Unprocessable } from './errors.ts'
import { messageOf, type ParkedMessage } from './parking.ts'
import { isCommand, readCommand } from './wire.ts'

/** The refusal of a command that was thrown away before it was decided. */
export const DROPPED = 'Dropped'

/**
 * A command that is thrown away is refused, in the same unit: sent again it does nothing, and who waits for its
 * answer gets one. One whose id has an outcome already (a reused id) keeps that.
 */
export async function refuseDropped(tx: Tx, letter: ParkedMessage, { why }: DropNote): Promise<void> {
  const command = commandOf(letter)
  if (!command || (command.tenant ?? '') !== tx.tenant) return
  try {
    await refuse(tx, command, why)
  } catch (error) {
    // Names that no stream and no record can have: it could not be decided, and cannot come back.
    if (!(error instanceof InvalidPayload)) throw error
  }
}

type Identified = Command & { readonly commandId: string }

/** The relay's letters have no value, and what cannot be read is no command. */
function commandOf(letter: ParkedMessage): Identified | undefined {
  const message = messageOf(letter)
  if (!isCommand(message)) return undefined
  try {
    return readCommand(message)
  } catch (error) {
    if (error instanceof Unprocessable) return undefined
    throw error
  }
}

async function refuse(tx: Tx, command: Identified, why: string | undefined): Promise<void> {
  const { aggregate, id, commandId } = command
  const stream = streamOf(aggregate, id)
  if ((await tx.commands.find(stream, commandId)) !== undefined) return
  const refusal = why === undefined ? { name: DROPPED } : { name: DROPPED, message: why }
  // What was not decided has no hash to compare with: whatever comes under this id is refused.
  tx.commands.record(stream, { commandId, hash: null, outcome: 'refused', refusal })
  const told = why === undefined ? {} : { message: why }
  const result: CommandResult = {
    commandId,
    stream,
    duplicate: false,
    outcome: 'refused',
    refusal: DROPPED,
    ...told,
  }
  await answer(tx, command, result)
}
