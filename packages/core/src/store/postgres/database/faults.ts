import { EventwrightError } from '../../../event/index.ts'
import { ConnectionLost, StorageFailed, StoreReadOnly } from '../../errors.ts'

/** What PostgreSQL itself answered. `pg` of the user's pool may be another copy, so it is known by its shape. */
interface Answered {
  readonly message: string
  readonly code: string
  readonly severity: string
  readonly table?: string
}

function answered(error: unknown): error is Answered {
  return error instanceof Error && 'severity' in error && 'code' in error && typeof error.code === 'string'
}

/** The SQLSTATE that PostgreSQL answered with, also where it stands behind a clear error. */
export function sqlState(error: unknown): string | undefined {
  if (answered(error)) return error.code
  return error instanceof EventwrightError ? sqlState(error.cause) : undefined
}

/** Administrator, crash, start-up and time-outs that end a session; too many connections. */
const ENDED = new Set(['57P01', '57P02', '57P03', '57P05', '25P03', '25P04', '53300', '53400'])
/** The role or the database is refused: asking again does not help. */
const REFUSED = /^(28|3D)/

/** The statement got no answer of its own: the connection is gone, or was never there. */
export function isLost(error: unknown): boolean {
  if (error instanceof ConnectionLost) return true
  if (error instanceof EventwrightError) return false
  if (!answered(error)) return error instanceof Error && isOfTheWire(error)
  if (REFUSED.test(error.code)) return false
  return error.code.startsWith('08') || ENDED.has(error.code) || /^(FATAL|PANIC)$/.test(error.severity)
}

/** The server does not answer in time. */
export class NoAnswer extends Error {
  constructor(milliseconds: number) {
    super(`no answer within ${milliseconds / 1000} s`)
  }
}

/** The server came back as one that can only be read: a standby that has not taken over yet, or never will. */
export class NotPrimary extends Error {
  constructor() {
    super('it is a standby now, which can only be read')
  }
}

/** `pg` tells a cut by these messages only; the operating system tells it by a code. */
const CUT = /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout e)/

/** The connection was known to be gone, so the statement did not leave this process. */
export function neverSent(error: unknown): boolean {
  return error instanceof Error && /^(Client has encountered|Client was closed)/.test(error.message)
}

function isOfTheWire(error: Error): boolean {
  if (error instanceof NoAnswer || error instanceof NotPrimary) return true
  return 'syscall' in error || CUT.test(error.message) || hasErrno(error)
}

/** EPIPE and its like; an AggregateError where no address of a host answered. */
function hasErrno(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && /^E[A-Z]+$/.test(error.code)
}

/** What happened, in few words; nothing of it holds a password. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return reasonOf(error.errors[0])
  if (!(error instanceof Error)) return String(error)
  if (error.message.startsWith('timeout e')) return 'no connection came about in time'
  return error.message
}

/** Names what a person can mend; what PostgreSQL says of a single statement stays as it is. */
export function clearFault(url: string, error: unknown): unknown {
  if (error instanceof EventwrightError) return error
  if (isLost(error)) return new ConnectionLost(url, lostWhy(error), { cause: error })
  if (!answered(error)) return error
  const { code } = error
  if (code === '25006') return new StoreReadOnly(url, READ_ONLY, { cause: error })
  const why = WHY[code] ?? WHY[code.slice(0, 2)]
  return why === undefined ? error : new StorageFailed(url, `${why} (${error.message})`, { cause: error })
}

function lostWhy(error: unknown): string {
  const reason = reasonOf(error)
  if (sqlState(error) === '53300') {
    return `it takes no more connections (${reason}); use fewer processes, a smaller \`max\`, or raise max_connections`
  }
  return `the connection was lost (${reason})`
}

const READ_ONLY =
  'can only be read: a standby, or default_transaction_read_only is on; give the URL of the primary, or turn it off for this role'

const WHY: { readonly [code: string]: string | undefined } = {
  '42501': 'the role has no right to this; grant it, or connect as the one that owns the tables',
  '53100': 'the disk of the server is full; free some space, nothing is lost meanwhile',
  '53200': 'the server is out of memory; give it more, or send less at once',
  '58': 'the server cannot read or write its files',
  XX000: 'the server met a fault of its own; see its log',
  XX: 'the server found its own data broken; restore from a backup',
  '57014': 'a statement was cancelled: it took longer than `answerTimeout`, or somebody cancelled it',
  '26000': 'a prepared statement is gone: a pooler stands between; open with prepare: false',
  '42P05': 'a prepared statement is there already: a pooler stands between; open with prepare: false',
  '3F000': 'the schema is gone',
  '42P01': 'a table is gone, or was never made; run eventwright migrate',
}
