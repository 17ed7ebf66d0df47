import type { PostgresDatabase } from './database.ts'
import type { Tables } from './tables.ts'

/** Keys for new streams, taken from their sequence in advance. */
export interface StreamKeys {
  /** Undefined where there are not so many yet: they are on their way. */
  take(count: number): readonly number[] | undefined
  /** Somebody else has some of them. */
  drop(): void
}

const AT_ONCE = 2_000
/** With fewer left, more are fetched. */
const LOW = 1_000

export function streamKeys(database: PostgresDatabase, { streams }: Tables): StreamKeys {
  let keys: readonly number[] = []
  let isFetching = false

  async function fetch(): Promise<void> {
    if (isFetching) return
    isFetching = true
    try {
      const rows = await database.rows<{ readonly key: number }>(
        `SELECT nextval(pg_get_serial_sequence($1, 'key')) AS key FROM generate_series(1, $2::int)`,
        [streams, AT_ONCE],
      )
      keys = [...keys, ...rows.map(({ key }) => key)]
    } catch {
      // Whoever writes hears of what is wrong with the database.
    }
    isFetching = false
  }

  return {
    take(count) {
      if (keys.length < count + LOW) void fetch()
      if (keys.length < count) return undefined
      const taken = keys.slice(0, count)
      keys = keys.slice(count)
      return taken
    },
    drop() {
      keys = []
    },
  }
}
