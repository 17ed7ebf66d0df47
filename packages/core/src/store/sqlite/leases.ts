import type { Lease, Leases } from '../leases.ts'
import type { SqliteConnection } from './connection.ts'
import type { SqliteFile } from './file.ts'

interface LeaseRow {
  readonly holder: string | null
  readonly token: number
  readonly expires: number
}

/** On the machine's clock, which all that share the file have. Quiet: keeping a lease is no news. */
export function sqliteLeases(file: SqliteFile): Leases {
  const quietly = <Result>(work: (db: SqliteConnection) => Result): Promise<Result> =>
    file.write(work, { quiet: true })
  return {
    acquire: (name, holder, milliseconds) => quietly((db) => acquire(db, name, holder, milliseconds)),
    renew: ({ name, holder, token }, milliseconds) =>
      quietly((db) => {
        const sql = 'UPDATE eventwright_leases SET expires = ? WHERE name = ? AND holder = ? AND token = ?'
        return db.run(sql, Date.now() + milliseconds, name, holder, token) === 1
      }),
    async release({ name, holder, token }) {
      await quietly((db) =>
        db.run(
          'UPDATE eventwright_leases SET holder = NULL, expires = 0 WHERE name = ? AND holder = ? AND token = ?',
          name,
          holder,
          token,
        ),
      )
    },
  }
}

function acquire(
  db: SqliteConnection,
  name: string,
  holder: string,
  milliseconds: number,
): Lease | undefined {
  const now = Date.now()
  const row = db.get<LeaseRow>('SELECT holder, token, expires FROM eventwright_leases WHERE name = ?', name)
  const same = row?.holder === holder
  if (row !== undefined && row.holder !== null && !same && row.expires > now) return undefined
  const token = same ? row.token : (row?.token ?? 0) + 1
  db.run(
    `INSERT INTO eventwright_leases (name, holder, token, expires) VALUES (?, ?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, token = excluded.token, expires = excluded.expires`,
    name,
    holder,
    token,
    now + milliseconds,
  )
  return { name, holder, token }
}
