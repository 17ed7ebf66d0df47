import { EventwrightError } from '../event/index.ts'
import type { Expect } from './event-store.ts'

/** The stream was not as `expect` asked, or what a unit of work read changed at every one of its runs. */
export class ConcurrencyError extends EventwrightError {
  readonly code = 'ConcurrencyError'
  readonly stream: string
  readonly expected: Expect
  /** The stream's true version, 0 when it does not exist. */
  readonly actual: number

  constructor(stream: string, expected: Expect, actual: number, message?: string) {
    super(
      message ??
        `stream "${stream}" is at version ${actual}, expected ${typeof expected === 'number' ? `version ${expected}` : `'${expected}'`}: read it again and decide anew`,
    )
    this.stream = stream
    this.expected = expected
    this.actual = actual
  }
}

/** An event id is in the log already, and not as the same call made again. */
export class EventIdReused extends EventwrightError {
  readonly code = 'EventIdReused'
  readonly id: string

  constructor(id: string, why: string) {
    super(`event id "${id}" ${why}: give a new event a new id, or repeat the call exactly as it was`)
    this.id = id
  }
}

/** The answer was lost: what was asked may or may not have been done. Ask again with the same ids. */
export class UnknownOutcomeError extends EventwrightError {
  readonly code = 'UnknownOutcomeError'

  constructor(where: string, options?: ErrorOptions) {
    super(
      `${where}: the commit was not confirmed, it may stand or not; repeat the call with the same ids`,
      options,
    )
  }
}

/** Work inside a unit called the store, or a broker of the same file, instead of its `tx`. */
export class UseTxError extends EventwrightError {
  readonly code = 'UseTxError'

  constructor(call: string) {
    super(`${call} was called inside a unit of work: use the tx that the unit gives instead`)
  }
}

/** A `tx` was used after the work that it belongs to had ended. */
export class TxEnded extends EventwrightError {
  readonly code = 'TxEnded'

  constructor() {
    super('this tx has ended with its unit of work: await every call on it before the work returns')
  }
}

/** A checkpoint was written against another log than this one: the log was restored since. */
export class EpochChanged extends EventwrightError {
  readonly code = 'EpochChanged'

  constructor(checkpoint: string, theirs: string, ours: string) {
    super(
      `checkpoint "${checkpoint}" belongs to epoch ${theirs} of the log, which this process opened in epoch ${ours}: positions do not carry over. ` +
        'If the epoch is new since then, start this process again; if the checkpoint is of an older one, rebuild what it counts for',
    )
  }
}

/** A holder with a higher token has written since: this one has lost its lease. */
export class FencedOut extends EventwrightError {
  readonly code = 'FencedOut'
  readonly fence: string
  /** The token that the fence has seen. */
  readonly highest: number

  constructor(name: string, token: number, highest: number) {
    super(
      `"${name}" is fenced at token ${highest}, this holder has ${token}: stop, another one has taken over`,
    )
    this.fence = name
    this.highest = highest
  }
}

/** A checkpoint does not stand where the caller left it: another process advances it. */
export class CheckpointMoved extends EventwrightError {
  readonly code = 'CheckpointMoved'
  readonly actual: number

  constructor(checkpoint: string, from: number, actual: number) {
    super(
      `checkpoint "${checkpoint}" stands at ${actual}, not at ${from}: read it again and go on from there`,
    )
    this.actual = actual
  }
}

/** A number or word that an option does not take. Nothing was read or written. */
export class InvalidOption extends EventwrightError {
  readonly code = 'InvalidOption'

  constructor(what: string, given: unknown, use: string) {
    const said = typeof given === 'string' ? `"${given}"` : String(given)
    super(`${what} is ${said}: use ${use}`)
  }
}

export class StoreClosed extends EventwrightError {
  readonly code = 'StoreClosed'

  constructor(url: string) {
    super(`the store ${url} is closed: open it again`)
  }
}

/** More is queued than the store takes in: slow down and try again. Nothing of this call was written. */
export class StoreOverloaded extends EventwrightError {
  readonly code = 'StoreOverloaded'

  constructor(url: string, queued: number) {
    super(
      `the store ${url} has ${queued} writes queued, which is its limit: wait for answers before more calls`,
    )
  }
}

/** Another transaction has held what this call needs for too long: nothing of the call was written. */
export class StoreContended extends EventwrightError {
  readonly code = 'StoreContended'

  constructor(url: string, cause: unknown) {
    super(
      `${url}: for 30 s other transactions have held what this call needs; see in pg_stat_activity which of them stays open, and repeat the call`,
      { cause },
    )
  }
}

/** The tables were made by a release that is two or more ahead. */
export class SchemaTooNew extends EventwrightError {
  readonly code = 'SchemaTooNew'

  constructor(where: string, name: string, found: number, known: number) {
    super(
      `${where}: the tables of "${name}" are at version ${found}, this release knows ${known} and accepts ${known + 1}: update @eventwright/core`,
    )
  }
}

/** The disk or file under a store failed it: nothing of the call was written, what was committed before stands. */
export class StorageFailed extends EventwrightError {
  readonly code = 'StorageFailed'

  constructor(where: string, why: string, options?: ErrorOptions) {
    super(`${where}: ${why}`, options)
  }
}

/** A file that is there and is no SQLite database. */
export class NotADatabase extends EventwrightError {
  readonly code = 'NotADatabase'

  constructor(path: string, options?: ErrorOptions) {
    super(`${path} is not a SQLite database: give another path, or move that file away`, options)
  }
}

/** A database file that cannot be opened for reading and writing. */
export class CannotOpenFile extends EventwrightError {
  readonly code = 'CannotOpenFile'

  constructor(path: string, why: string, options?: ErrorOptions) {
    super(`cannot open ${path}: ${why}`, options)
  }
}

/**
 * Something knows more of the log than the log holds: its tail was lost, and its positions would be given again
 * to other events. Nothing was published or handled.
 */
export class LogBehind extends EventwrightError {
  readonly code = 'LogBehind'

  /** `what`: how it is seen, as the rest of a sentence about the log. */
  constructor(url: string, what: string) {
    super(
      `the log of ${url} ${what}: its tail was lost. ` +
        'Put back the file that holds the whole log; if there is none, begin a new epoch (eventwright epoch new) after comparing what others have done',
    )
  }
}

/** Something was to be written to what can only be read. Nothing was. */
export class StoreReadOnly extends EventwrightError {
  readonly code = 'StoreReadOnly'

  constructor(
    where: string,
    why = 'was opened to read only: open it without readOnly to write',
    options?: ErrorOptions,
  ) {
    super(`${where} ${why}`, options)
  }
}

/** A database that cannot be opened: it is not there, does not let this role in, or cannot hold a store. */
export class CannotOpenDatabase extends EventwrightError {
  readonly code = 'CannotOpenDatabase'

  /** `url`: without the password. */
  constructor(url: string, why: string, options?: ErrorOptions) {
    super(`cannot open ${url}: ${why}`, options)
  }
}

/** The database did not answer, or the connection was cut before the commit: nothing of the call was written. */
export class ConnectionLost extends EventwrightError {
  readonly code = 'ConnectionLost'

  /** `url`: without the password. */
  constructor(url: string, why: string, options?: ErrorOptions) {
    super(`${url}: ${why}; nothing of this call was written, repeat it when the database answers`, options)
  }
}

/** There is no transaction that the store could take part in. Nothing was written. */
export class CannotJoin extends EventwrightError {
  readonly code = 'CannotJoin'

  constructor(url: string, why: string, options?: ErrorOptions) {
    super(`cannot join a transaction on ${url}: ${why}`, options)
  }
}
