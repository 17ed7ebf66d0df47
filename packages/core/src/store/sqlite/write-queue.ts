import { clearFault, whenFree } from './busy.ts'
import { commitOrFail, rollBack, type Work } from './commit.ts'
import type { SqliteConnection } from './connection.ts'

/** `run` does the work inside the open transaction. The caller is told only once that has committed or not. */
interface Write extends Work {
  readonly quiet: boolean
  /** True when it changed rows and that is worth telling. */
  readonly news: boolean
  committed(): void
  failed(error: unknown): void
}

/** Writes of this process to one file, one transaction at a time, in order of arrival. */
export interface WriteQueue {
  add<Result>(work: (connection: SqliteConnection) => Result, quiet: boolean): Promise<Result>
  /** Resolves when nothing is queued. */
  drained(): Promise<void>
}

/** What the owner of the connections does around each transaction. */
export interface AroundWrites {
  /** `quiet`: nothing that is written by it needs to outlive a power cut. */
  beginning(quiet: boolean): void
  /** `news`: it changed rows and that is worth telling. */
  committed(news: boolean): void
}

export function writeQueue(
  path: string,
  connection: SqliteConnection,
  { beginning, committed }: AroundWrites,
): WriteQueue {
  let queued: Write[] = []
  let draining: Promise<void> | undefined

  async function drain(): Promise<void> {
    while (queued.length > 0) {
      // Calls of one turn of the event loop share the commit, of a store and of a broker; from BEGIN to COMMIT nothing is awaited.
      await new Promise(setImmediate)
      try {
        await whenFree(flush)
      } catch (error) {
        for (const write of takeAll()) write.failed(clearFault(path, error))
      }
    }
    // In the same turn in which the queue was seen empty: what is added after it must start anew.
    draining = undefined
  }

  function flush(): void {
    rollBack(connection)
    beginning(queued.every(({ quiet }) => quiet))
    connection.run('BEGIN IMMEDIATE')
    const writes = takeAll()
    const failures = commitOrFail(path, connection, writes)
    committed(writes.some((write) => write.news && !failures.has(write)))
    for (const write of writes) {
      const failure = failures.get(write)
      if (failure === undefined) write.committed()
      else write.failed(clearFault(path, failure.error))
    }
  }

  function takeAll(): Write[] {
    const taken = queued
    queued = []
    return taken
  }

  return {
    add: (work, quiet) =>
      new Promise((resolve, reject) => {
        let result: ReturnType<typeof work>
        let news = false
        queued.push({
          quiet,
          get news() {
            return news
          },
          run(open) {
            const before = quiet ? 0 : totalChanges(open)
            result = work(open)
            news = !quiet && totalChanges(open) > before
          },
          committed: () => resolve(result),
          failed: reject,
        })
        draining ??= drain()
      }),
    async drained() {
      while (draining !== undefined) await draining
    },
  }
}

function totalChanges(connection: SqliteConnection): number {
  return connection.get<{ changes: number }>('SELECT total_changes() AS changes')?.changes ?? 0
}
