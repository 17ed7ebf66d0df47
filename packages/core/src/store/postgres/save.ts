import type { Batch } from '../settle/index.ts'
import type { PostgresSession } from './database.ts'
import type { Loaded } from './load.ts'
import { saveCheckpoints, saveFences } from './save-checkpoints.ts'
import { saveDocuments } from './save-documents.ts'
import { saveCommands, saveEvents } from './save-events.ts'
import { saveInbox } from './save-inbox.ts'
import { saveTimers } from './save-timers.ts'
import type { Tables } from './tables.ts'

/** Writes the batch; the caller's transaction makes it all or nothing. All is sent at once and done in order. */
export async function save(
  session: PostgresSession,
  tables: Tables,
  batch: Batch,
  { streamRows }: Loaded,
): Promise<void> {
  await Promise.all([
    saveEvents(session, tables, batch.events, streamRows),
    saveCommands(session, tables, batch, streamRows),
    saveDocuments(session, tables, batch),
    saveInbox(session, tables, batch),
    saveTimers(session, tables, batch),
    saveCheckpoints(session, tables, batch),
    saveFences(session, tables, batch),
  ])
}
