import type { PostgresSession } from '../database.ts'
import type { Connection } from './connection.ts'

/** Those who wait for a connection share it, and what each of them asks goes out in one piece. */
export function inOneGo(connect: () => Promise<Connection>): PostgresSession['rows'] {
  let opening: { readonly connection: Promise<Connection>; users: number } | undefined

  function open(): NonNullable<typeof opening> {
    const shared = { connection: connect(), users: 0 }
    opening = shared
    const isThere = (): void => {
      opening = undefined
    }
    shared.connection.then(isThere, isThere)
    return shared
  }

  return async (text, values) => {
    const shared = opening ?? open()
    shared.users++
    const connection = await shared.connection
    try {
      return await connection.rows(text, values)
    } finally {
      shared.users--
      if (shared.users === 0) connection.release()
    }
  }
}
