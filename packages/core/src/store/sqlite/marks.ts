import { statSync } from 'node:fs'

/** A file as it was seen: it changes with every write, except one within a clock tick of the last one. */
interface Seen {
  readonly mark: string
  /** Milliseconds since 1970. */
  readonly changed: number
}

/** Two writes within this time may leave the same mark: the file system's clock ticks in milliseconds. */
export const TICK = 20

function see(path: string): Seen | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false })
  if (found === undefined) return undefined
  return { mark: `${found.ino}/${found.size}/${found.mtimeNs}`, changed: Number(found.mtimeMs) }
}

/** True while someone uses the file, or left it in the middle: what it holds is then in two files. */
export function inUse(path: string): boolean {
  return see(`${path}-wal`) !== undefined || see(`${path}-journal`) !== undefined
}

/** What the database and its write-ahead log look like now; `settled` where the next write surely looks different. */
export function markOf(path: string): { readonly mark: string; readonly settled: boolean } {
  const files = [path, `${path}-wal`].map(see)
  const since = Date.now() - Math.max(0, ...files.map((file) => file?.changed ?? 0))
  return { mark: files.map((file) => file?.mark ?? 'none').join(' '), settled: Math.abs(since) > TICK }
}
