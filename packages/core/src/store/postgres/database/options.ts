import type { Pool } from 'pg'
import { checkWhole } from '../../whole.ts'

export interface PostgresOptions {
  /** Holds the tables; default that of the URL (`?schema=orders`), else `eventwright`. Made where it is not there. */
  readonly schema?: string
  /** True: to look at tables that are there, also as a role that may not write. Nothing is made, changed or upgraded. Default false. */
  readonly readOnly?: boolean
  /** Most connections of this process to the database, beside one that listens. Default 10. A pool of yours has its own. */
  readonly max?: number
  /** False for poolers that do not keep prepared statements, as PgBouncer before 1.21 in transaction mode (`?prepare=false`). Default true. */
  readonly prepare?: boolean
  /** False: ask for news every `pollEvery`, instead of keeping a connection that hears of it (`?listen=false`). Default true. */
  readonly listen?: boolean
  /**
   * True: whatever standby takes over has every commit that was answered (`synchronous_standby_names` names all that
   * may), so a failover goes on in the epoch of the log (`?synchronousStandbys=true`). All that open the store must say
   * so. A recovery to a point in time looks the same from within: begin a new epoch after one (`eventwright epoch new`).
   * Default false: each new timeline begins an epoch.
   */
  readonly synchronousStandbys?: boolean
  /** Milliseconds between two looks for news while no connection listens. Default 100. */
  readonly pollEvery?: number
  /** Milliseconds until a connection must have come about. Default 10,000. */
  readonly connectTimeout?: number
  /** Milliseconds until a statement must be answered; then the connection counts as lost. Default 30,000. */
  readonly answerTimeout?: number
  /** Milliseconds for which a call waits for a database that is gone, before it fails. Default 5,000. */
  readonly patience?: number
}

/** `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, or a pool of the user's, which stays theirs to end. */
export type PostgresTarget = string | Pool

export type Settings = Required<Omit<PostgresOptions, 'schema' | 'readOnly' | 'synchronousStandbys'>>

export function settingsOf(
  options: PostgresOptions,
  { prepare, listen }: { readonly prepare?: boolean | undefined; readonly listen?: boolean | undefined } = {},
): Settings {
  const settings: Settings = {
    max: options.max ?? 10,
    prepare: options.prepare ?? prepare ?? true,
    listen: options.listen ?? listen ?? true,
    pollEvery: options.pollEvery ?? 100,
    connectTimeout: options.connectTimeout ?? 10_000,
    answerTimeout: options.answerTimeout ?? 30_000,
    patience: options.patience ?? 5_000,
  }
  checkWhole(settings.max, 'max', 1)
  checkWhole(settings.pollEvery, 'pollEvery', 1)
  checkWhole(settings.connectTimeout, 'connectTimeout', 1)
  checkWhole(settings.answerTimeout, 'answerTimeout', 1)
  checkWhole(settings.patience, 'patience', 0)
  return settings
}
