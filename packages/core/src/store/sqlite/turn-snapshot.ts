import type { SqliteConnection } from './connection.ts'

/** Reads that one callback of the event loop leads to, up to the next: they share a snapshot. */
export interface TurnSnapshot {
  read<Result>(work: (connection: SqliteConnection) => Result): Result
  /** The next read begins another one: something was committed. */
  end(): void
}

/** Milliseconds. Code that blocks may have waited for another process, and must see what that has written. */
const LONGEST = 1

/**
 * Beginning and ending a snapshot costs as much as a short read. It is given up before the event loop goes on,
 * so that no signal from outside can come between a commit and a read that misses it.
 */
export function turnSnapshot(reader: SqliteConnection): TurnSnapshot {
  let open = false
  let ending = false
  let began = 0

  function end(): void {
    if (!open) return
    open = false
    // A disk that fails ends it by itself.
    if (reader.inTransaction) reader.run('COMMIT')
  }

  function begin(): void {
    reader.run('BEGIN')
    open = true
    began = performance.now()
    if (ending) return
    ending = true
    process.nextTick(() => {
      ending = false
      end()
    })
  }

  return {
    end,
    read(work) {
      if (open && performance.now() - began > LONGEST) end()
      if (!open) begin()
      try {
        return work(reader)
      } catch (error) {
        end()
        throw error
      }
    },
  }
}
