import type { PostgresDatabase } from '../database.ts'
import { type Connection, session } from './connection.ts'
import { NotPrimary } from './faults.ts'
import { inTransaction } from './in-transaction.ts'
import type { Settings } from './options.ts'

export type Look = Parameters<PostgresDatabase['onReturn']>[0]

/** Looks at the server again after connections to it were lost. */
export interface Return {
  /** A connection was lost. */
  lost(): void
  /** Resolves when all who want to look have looked, over this connection or another one. */
  look(open: Connection): Promise<void>
  add(look: Look): void
  remove(looks: Iterable<Look>): void
}

export function returning(url: string, settings: Settings): Return {
  const looks = new Set<Look>()
  let away = false
  let looking: Promise<void> | undefined

  async function lookAll(open: Connection): Promise<void> {
    away = false
    try {
      const { rows } = session(url, open)
      const [server] = await rows<{ readonly standby: boolean }>('SELECT pg_is_in_recovery() AS standby')
      if (server?.standby) throw new NotPrimary()
      const transaction: PostgresDatabase['transaction'] = (work) => inTransaction(url, open, settings, work)
      for (const look of looks) await look({ rows, transaction })
    } catch (error) {
      away = true
      throw error
    }
  }

  return {
    lost() {
      away = true
    },
    async look(open) {
      if (!away && looking === undefined) return
      looking ??= lookAll(open).finally(() => {
        looking = undefined
      })
      await looking
    },
    add: (look) => looks.add(look),
    remove(gone) {
      for (const look of gone) looks.delete(look)
    },
  }
}
