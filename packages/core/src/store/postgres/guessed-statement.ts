import type { Batch, Named } from '../settle/index.ts'
import { ARRAYS, ONE_ROW, parameters } from './array.ts'
import { nextCommit } from './committing.ts'
import { commandColumns, eventColumns, insertCommands, insertEvents } from './save-events.ts'
import { announcing, lastPosition } from './settled.ts'
import type { StreamRow } from './streams.ts'
import type { Tables } from './tables.ts'

/** What is to be written where the streams stand as these rows say, and the fresh ones are not there. */
export interface Guess {
  readonly epoch: string
  readonly batch: Batch
  readonly rows: ReadonlyMap<string, StreamRow>
  readonly fresh: readonly Named[]
}

/** What a statement is made of. */
interface Shape {
  /** One row of each kind. */
  readonly one: boolean
  readonly seen: boolean
  readonly fresh: boolean
  readonly commands: boolean
}

export interface GuessedStatement {
  readonly text: string
  readonly values: readonly unknown[]
}

/** Where it is not so, nothing is written: it gives no row, or fails by the key of what another one has just written. */
export function guessedStatement(tables: Tables, lockTimeout: number, guess: Guess): GuessedStatement {
  const { epoch, batch, rows, fresh } = guess
  const seen = [...rows.values()].filter(({ version }) => version > 0)
  const commands = [...batch.commands.values()]
  const one = batch.events.length === 1 && rows.size === 1 && commands.length < 2
  const columns = one ? ONE_ROW : ARRAYS
  const { numbers, texts } = columns
  const values: unknown[] = []
  if (fresh.length > 0) {
    values.push(
      numbers(fresh.map(({ key }) => rows.get(key)?.key ?? 0)),
      texts(fresh.map(({ tenant }) => tenant)),
      texts(fresh.map(({ name }) => name)),
    )
  }
  values.push(epoch)
  if (seen.length > 0) values.push(numbers(seen.map(({ key }) => key)), numbers(seen.map(versionOf)))
  if (commands.length > 0) values.push(...commandColumns(commands, rows, columns))
  values.push(...eventColumns(batch.events, rows, columns))
  const shape = { one, seen: seen.length > 0, fresh: fresh.length > 0, commands: commands.length > 0 }
  return { text: textOf(tables, lockTimeout, shape), values }
}

const versionOf = ({ version }: StreamRow): number => version

/** By the tables and shape: to write one anew takes as long as to send it. */
const texts = new WeakMap<Tables, Map<string, string>>()

function textOf(tables: Tables, lockTimeout: number, shape: Shape): string {
  const { one, seen, fresh, commands } = shape
  const key = `${lockTimeout} ${one} ${seen} ${fresh} ${commands}`
  const written = texts.get(tables) ?? new Map<string, string>()
  texts.set(tables, written)
  const text = written.get(key) ?? insertWhereSo(tables, lockTimeout, shape)
  written.set(key, text)
  return text
}

/** What is so is one row, `counted`, for each part that writes. A single part asks for it where it stands. */
function insertWhereSo(tables: Tables, lockTimeout: number, shape: Shape): string {
  const { one, fresh, commands } = shape
  const columns = one ? ONE_ROW : ARRAYS
  const parameter = parameters()
  const made = fresh ? columns.rows(['bigint', 'text', 'text'], parameter) : ''
  const counted = countedWhereSo(tables, lockTimeout, shape, { made, parameter })
  if (one && !fresh && !commands) return insertEvents(tables, columns, parameter, `(${counted}) AS counted,`)
  const recorded = commands ? insertCommands(tables, columns, parameter, 'counted,') : ''
  return `WITH counted AS MATERIALIZED (${counted})
    ${fresh ? `, made AS (INSERT INTO ${tables.streams} (key, tenant, name) SELECT n.* FROM counted, ${made} AS n)` : ''}
    ${commands ? `, recorded AS (${recorded})` : ''}
    ${insertEvents(tables, columns, parameter, 'counted,')}`
}

interface Checking {
  /** The rows of the streams that are made. */
  readonly made: string
  readonly parameter: () => string
}

/**
 * In this order, which is that of a CASE: the check, the bound, the number of the commit; the positions come after. In
 * another epoch (the tail of the log was lost, or the log was made anew) the key of a stream may be that of another one.
 */
function countedWhereSo(
  tables: Tables,
  lockTimeout: number,
  { one, seen, fresh }: Shape,
  { made, parameter }: Checking,
): string {
  const epoch = parameter()
  const stand = one ? andStands : andAllStand
  return `SELECT FROM ${lastPosition(tables)} s WHERE CASE
      WHEN ((SELECT epoch FROM ${tables.log}) = ${epoch}
        ${seen ? stand(tables, parameter) : ''} ${fresh ? andNoneIsThere(tables, made) : ''}) IS NOT TRUE THEN false
      WHEN set_config('lock_timeout', '${lockTimeout}', true) IS NULL THEN false
      WHEN ${announcing(tables)} IS NULL THEN false
      ELSE ${nextCommit(tables)} > 0 END`
}

function andStands(tables: Tables, parameter: () => string): string {
  return `AND ${standsAt(tables, parameter(), parameter())}`
}

function andAllStand(tables: Tables, parameter: () => string): string {
  const seen = ARRAYS.rows(['bigint', 'bigint'], parameter)
  return `AND NOT EXISTS (SELECT FROM ${seen} AS g (stream, version) WHERE NOT ${standsAt(tables, 'g.stream', 'g.version')})`
}

function standsAt({ events }: Tables, stream: string, version: string): string {
  return `((SELECT e.position FROM ${events} e WHERE e.stream = ${stream} AND e.version = ${version}) IS NOT NULL)`
}

function andNoneIsThere({ streams }: Tables, fresh: string): string {
  return `AND NOT EXISTS (SELECT FROM ${fresh} AS f (key, tenant, name) WHERE (
    SELECT s.key FROM ${streams} s WHERE s.name = f.name AND s.tenant = f.tenant) IS NOT NULL)`
}
