import { type Batch, type NamedPair, named, type PlacedEvent } from '../settle/index.ts'
import type { CommandRecord } from '../transaction.ts'
import { ARRAYS, type Column, type Columns, parameters } from './array.ts'
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
    session.rows<PositionRow>(
      insertEvents(tables, ARRAYS, parameters()),
      eventColumns(events, streamRows, ARRAYS),
    ),
  ])
  place(events, rows)
}

export interface PositionRow {
  readonly position: number
}

export function place(events: readonly PlacedEvent[], rows: readonly PositionRow[]): void {
  for (const [index, event] of events.entries()) event.position = rows[index]?.position ?? 0
}

const EVENT: readonly Column[] = [
  'bigint',
  'bigint',
  'bigint',
  'bigint',
  'text',
  'text',
  'text',
  'json',
  'json',
]

/** Of the columns of `eventColumns`, which are the next parameters; `from` stands before them, for what has to be done first. */
export function insertEvents(
  { events, positions }: Tables,
  columns: Columns,
  parameter: () => string,
  from = '',
): string {
  return `INSERT INTO ${events}
      (position, stream, version, schema_version, recorded_at, id, type, correlation, data, metadata)
    SELECT nextval('${positions.replaceAll("'", "''")}'), n.* FROM ${from} ${columns.rows(EVENT, parameter)} AS n
    RETURNING position`
}

export function eventColumns(
  events: readonly PlacedEvent[],
  streamRows: StreamRows,
  { numbers, texts, json }: Columns,
): readonly unknown[] {
  return [
    numbers(events.map(({ tenant, stream }) => keyOf(streamRows, tenant, stream))),
    numbers(events.map(({ version }) => version)),
    numbers(events.map(({ schemaVersion }) => schemaVersion)),
    numbers(events.map(({ recordedAt }) => recordedAt)),
    texts(events.map(({ id }) => id)),
    texts(events.map(({ type }) => type)),
    texts(events.map(({ metadata }) => correlationOf(metadata))),
    json(events.map(({ data }) => data)),
    json(events.map(({ metadata }) => metadata)),
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
  await session.rows(
    insertCommands(tables, ARRAYS, parameters()),
    commandColumns([...commands.values()], streamRows, ARRAYS),
  )
}

/** Fails by the key where one of them is there: a record is never written over. */
export function insertCommands(
  { commands }: Tables,
  columns: Columns,
  parameter: () => string,
  from = '',
): string {
  return `INSERT INTO ${commands} (stream, id, record)
    SELECT n.* FROM ${from} ${columns.rows(['bigint', 'text', 'json'], parameter)} AS n`
}

type Commands = readonly (NamedPair & { readonly record: CommandRecord })[]

export function commandColumns(
  commands: Commands,
  streamRows: StreamRows,
  { numbers, texts, json }: Columns,
): readonly unknown[] {
  return [
    numbers(commands.map(({ tenant, name }) => keyOf(streamRows, tenant, name))),
    texts(commands.map(({ second }) => second)),
    json(commands.map(({ record }) => JSON.stringify(record))),
  ]
}
