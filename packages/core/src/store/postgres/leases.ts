import type { Leases } from '../leases.ts'
import type { PostgresDatabase } from './database.ts'
import type { Tables } from './tables.ts'

/** As far as a timestamp reaches, in milliseconds. */
const LONGEST = 1e15

/** On the clock of the database, as it is when the row is at hand, not when the statement began to wait for it. */
export function postgresLeases(database: PostgresDatabase, { leases }: Tables): Leases {
  const after = (milliseconds: string): string =>
    `clock_timestamp() + least(${milliseconds}::float8, ${LONGEST}) * interval '1 millisecond'`
  return {
    async acquire(name, holder, milliseconds) {
      const [row] = await database.write<{ readonly token: number }>(
        `INSERT INTO ${leases} AS l (name, holder, token, expires) VALUES ($1, $2, 1, ${after('$3')})
         ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires = ${after('$3')},
           token = CASE WHEN l.holder = excluded.holder THEN l.token ELSE l.token + 1 END
         WHERE l.holder IS NULL OR l.holder = excluded.holder OR l.expires <= clock_timestamp()
         RETURNING token`,
        [name, holder, milliseconds],
      )
      return row === undefined ? undefined : { name, holder, token: row.token }
    },
    async renew({ name, holder, token }, milliseconds) {
      const rows = await database.write(
        `UPDATE ${leases} SET expires = ${after('$4')} WHERE name = $1 AND holder = $2 AND token = $3 RETURNING 1`,
        [name, holder, token, milliseconds],
      )
      return rows.length === 1
    },
    async release({ name, holder, token }) {
      await database.write(
        `UPDATE ${leases} SET holder = NULL, expires = clock_timestamp()
         WHERE name = $1 AND holder = $2 AND token = $3`,
        [name, holder, token],
      )
    },
  }
}
