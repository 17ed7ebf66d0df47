import { setTimeout as sleep } from 'node:timers/promises'
import { StorageFailed } from '../errors.ts'

const BUSY = 5
const LOCKED = 6
const READ_ONLY = 8
const IO_ERROR = 10
const CORRUPT = 11
const FULL = 13
const CANNOT_OPEN = 14
const NOT_A_DATABASE = 26
/** The file of locks beside a write-ahead log cannot grow. */
const NO_SPACE_FOR_LOCKS = IO_ERROR | (19 << 8)

export type SqliteFault = 'busy' | 'readonly' | 'io' | 'corrupt' | 'full' | 'open' | 'notadatabase' | 'other'

const faults: { readonly [code: number]: SqliteFault } = {
  [BUSY]: 'busy',
  [LOCKED]: 'busy',
  [READ_ONLY]: 'readonly',
  [IO_ERROR]: 'io',
  [CORRUPT]: 'corrupt',
  [FULL]: 'full',
  [CANNOT_OPEN]: 'open',
  [NOT_A_DATABASE]: 'notadatabase',
}

/** What SQLite complained of; undefined for errors that are not SQLite's. */
export function sqliteFault(error: unknown): SqliteFault | undefined {
  const code = errcodeOf(error)
  return code === undefined ? undefined : (faults[code & 0xff] ?? 'other')
}

/** The same, as it is told: SQLite reports one kind of full disk as an error of reading and writing. */
export function toldFault(error: unknown): SqliteFault | undefined {
  return errcodeOf(error) === NO_SPACE_FOR_LOCKS ? 'full' : sqliteFault(error)
}

function errcodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined
  return typeof error.errcode === 'number' ? error.errcode : undefined
}

const complaints: { readonly [fault in SqliteFault]?: string } = {
  readonly: 'the file may only be read now, give this user the right to write it',
  io: 'the disk does not answer, look at it before you try again',
  corrupt: 'the database is damaged, restore it from a copy',
  notadatabase: 'the file is no database any more, restore it from a copy',
  full: 'the disk is full, make space and try again',
  open: 'the file cannot be opened any more',
}

/** SQLite's complaint about disk or file as an error that says what to do; any other error as it is. */
export function clearFault(path: string, error: unknown): unknown {
  const complaint = complaints[toldFault(error) ?? 'other']
  return complaint === undefined ? error : new StorageFailed(path, complaint, { cause: error })
}

const LONGEST_WAIT = 5

/**
 * Tries until the database is not busy. Waiting is asynchronous, at most 5 ms at a time, and jittered so
 * that processes do not march in step: SQLite's own busy handler would freeze the event loop.
 */
export async function whenFree<Result>(attempt: () => Result): Promise<Result> {
  for (let tries = 0; ; tries++) {
    try {
      return attempt()
    } catch (error) {
      if (sqliteFault(error) !== 'busy') throw error
    }
    await sleep(Math.random() * Math.min(LONGEST_WAIT, 1 + tries / 2))
  }
}
