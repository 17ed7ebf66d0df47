import { type Batch, named, type PlacedEvent } from '../settle/index.ts'
import { jsonLines, lines, numbers, texts } from './array.ts'
import type { PostgresSession } from './database.ts'
import { announce } from './settled.ts'
import type { StreamRow } from './streams.ts'
import type { Tables } from './tables.ts'

type StreamRows = ReadonlyMap<string, StreamRow>

/** Positions come from the sequence in the order of the batch, after they were announced. */
export async function saveEvents(
  session: PostgresSession,
  tables: Tables,
  events: readonly PlacedEvent[],
  streamRows: StreamRows,
): Promise<void> {
  if (events.length === 0) return
  const [, rows] = await Promise.all([
    session.rows(announce(tables)),
    session.rows<PositionRow>(insertEvents(tables), eventColumns(events, streamRows)),
  ])
  place(events, rows)
}

export interface PositionRow {
  readonly position: number
}

export function place(events: readonly PlacedEvent[], rows: readonly PositionRow[]): void {
  for (const [index, event] of events.entries()) event.position = rows[index]?.position ?? 0
}

/** The columns of `eventColumns` are $1 to $9; `from` stands before them, for what has to be done first. */
export function insertEvents({ events, positions }: Tables, from = ''): string {
  return `INSERT INTO ${events}
      (position, stream, version, schema_version, recorded_at, id, type, correlation, data, metadata)
    SELECT nextval('${positions.replaceAll("'", "''")}'), n.*
    FROM ${from} unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[],
      ${lines('$8')}, ${lines('$9')}) AS n
    RETURNING position`
}

export function eventColumns(events: readonly PlacedEvent[], streamRows: StreamRows): readonly string[] {
  return [
    numbers(events.map(({ tenant, stream }) => keyOf(streamRows, tenant, stream))),
    numbers(events.map(({ version }) => version)),
    numbers(events.map(({ schemaVersion }) => schemaVersion)),
    numbers(events.map(({ recordedAt }) => recordedAt)),
    texts(events.map(({ id }) => id)),
    texts(events.map(({ type }) => type)),
    texts(events.map(({ metadata }) => correlationOf(metadata))),
    jsonLines(events.map(({ data }) => data)),
    jsonLines(events.map(({ metadata }) => metadata)),
  ]
}

function keyOf(streamRows: StreamRows, tenant: string, stream: string): number {
  const row = streamRows.get(named(tenant, stream))
  if (row === undefined) throw new Error(`stream "${stream}" has no row, so nothing was written`)
  return row.key
}

function correlationOf(metadata: string): string | undefined {
  if (metadata === '{}') return undefined
  const { correlationId }: { readonly correlationId?: unknown } = JSON.parse(metadata)
  return typeof correlationId === 'string' ? correlationId : undefined
}

export async function saveCommands(
  session: PostgresSession,
  tables: Tables,
  { commands }: Batch,
  streamRows: StreamRows,
): Promise<void> {
  if (commands.size === 0) return
  const all = [...commands.values()]
  await session.rows(
    `INSERT INTO ${tables.commands} (stream, id, record)
     SELECT * FROM unnest($1::bigint[], $2::text[], ${lines('$3')})`,
    [
      numbers(all.map(({ tenant, name }) => keyOf(streamRows, tenant, name))),
      texts(all.map(({ second }) => second)),
      jsonLines(all.map(({ record }) => JSON.stringify(record))),
    ],
  )
}
