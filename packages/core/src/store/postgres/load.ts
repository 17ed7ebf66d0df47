import type { Found, Needs } from '../settle/index.ts'
import type { PostgresSession } from './database.ts'
import { revisionsInRange } from './documents.ts'
import { lockNames } from './locks.ts'
import {
  checkpointsByName,
  commandsByName,
  documentsByName,
  eventsById,
  fencesByName,
  inboxValues,
  timersByName,
} from './lookups.ts'
import { lockStreams, type StreamRow } from './streams.ts'
import type { Tables } from './tables.ts'

/** What a flush found, and the rows of its streams. */
export interface Loaded {
  readonly found: Found
  readonly streamRows: ReadonlyMap<string, StreamRow>
}

/** Above all that the tables hold: inside a flush a change only has to look like none that was read before. */
const ABOVE_ALL_REVISIONS = 2 ** 52

/** Locks what is needed, then reads it. All is sent at once and answered in order. */
export async function load(
  session: PostgresSession,
  tables: Tables,
  epoch: string,
  needs: Needs,
): Promise<Loaded> {
  const [, streamRows, events, documents, lists, inbox, checkpoints, inEpoch, commands, timers, fences] =
    await Promise.all([
      lockNames(session, tables, needs),
      lockStreams(session, tables, needs.streams),
      eventsById(session, tables, needs.events),
      documentsByName(session, tables, needs.documents),
      listed(session, tables, needs.lists),
      inboxValues(session, tables, needs.inbox),
      checkpointsByName(session, tables, needs.checkpoints),
      needs.checkpoints.size === 0 ? epoch : epochOf(session, tables),
      commandsByName(session, tables, needs.commands),
      timersByName(session, tables, needs.timers),
      fencesByName(session, tables, needs.fences),
    ])
  const found: Found = {
    epoch: inEpoch,
    position: 0,
    revision: ABOVE_ALL_REVISIONS,
    streams: new Map([...streamRows].map(([key, { version }]) => [key, version])),
    events,
    documents,
    lists,
    inbox,
    checkpoints,
    commands: new Set(commands.keys()),
    timers,
    fences,
  }
  return { found, streamRows }
}

export async function epochOf(session: Pick<PostgresSession, 'rows'>, tables: Tables): Promise<string> {
  const [row] = await session.rows<{ readonly epoch: string }>(`SELECT epoch FROM ${tables.log}`)
  return row?.epoch ?? ''
}

async function listed(
  session: PostgresSession,
  tables: Tables,
  lists: Needs['lists'],
): Promise<Found['lists']> {
  const found = await Promise.all(
    [...lists].map(
      async ([key, listing]) => [key, await revisionsInRange(session, tables, listing)] as const,
    ),
  )
  return new Map(found)
}
