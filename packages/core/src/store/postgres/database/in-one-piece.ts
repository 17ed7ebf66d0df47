import process from 'node:process'
import type { PoolClient } from 'pg'

const held = new WeakSet<PoolClient>()

/**
 * What is asked of a connection in one go leaves in one piece: each write is a call of the operating system, which
 * costs as much as a statement.
 */
export function inOnePiece(client: PoolClient): void {
  if (held.has(client)) return
  held.add(client)
  const { stream } = client.connection
  stream.cork()
  process.nextTick(() => {
    held.delete(client)
    stream.uncork()
  })
}
