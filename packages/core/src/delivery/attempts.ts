import type { EventStore, Tx } from '../store/index.ts'
import { part, sequence } from './lane.ts'

const ATTEMPTS = 'eventwright.attempts'
const PAGE = 1000

/** What the owner of a partition is about to run: written before, cleared after. */
interface Running {
  readonly token: number
  readonly offsets: readonly number[]
  /** True when nothing else of the process runs meanwhile. */
  readonly alone: boolean
  /** The partition was lost, not the process: no suspicion. */
  readonly interrupted?: boolean
}

/** What is known of one message that was tried and is not done. */
export interface Attempt {
  readonly offset: number
  readonly failures: number
  /** On the app's clock. */
  readonly due: number
  readonly error?: string
  /** It ran when a process ended, and no error was recorded since. */
  readonly suspect: boolean
  /** Tokens of the owners that ended while they ran it alone. */
  readonly crashes: readonly number[]
}

export const FRESH: Omit<Attempt, 'offset'> = { failures: 0, due: 0, suspect: false, crashes: [] }

/** The record of attempts of one partition, under its owner's fence. */
export interface Attempts {
  /** Reads what the last owner left: whatever it was running when it ended is suspect. */
  takeOver(firstOffset: number): Promise<ReadonlyMap<number, Attempt>>
  /** Before the handler, once a batch: it outlives the process. A power cut, which is no message's doing, may lose it. */
  begin(offsets: readonly number[], alone: boolean): Promise<void>
  /** In the unit of the effects, or one of its own: these are done (those that were tried before), and only `left` runs on. */
  end(tx: Tx, done: readonly number[], left: readonly number[]): void
  keep(tx: Tx, attempt: Attempt): void
  /** What was running was cut short because the partition was lost. Needs no fence: it only clears suspicion. */
  interrupted(): Promise<void>
}

export function attemptsOf(
  store: EventStore,
  { name, token }: { readonly name: string; readonly token: number },
): Attempts {
  const idOf = (offset: number): string => `${name}/${sequence(offset)}`

  async function kept(tx: Tx): Promise<Attempt[]> {
    const found: Attempt[] = []
    for (let after: string | undefined; ; ) {
      const page = await tx
        .documents<Attempt>(ATTEMPTS)
        .list({ prefix: `${name}/`, limit: PAGE, ...(after === undefined ? {} : { after }) })
      found.push(...page.map(({ value }) => value))
      if (page.length < PAGE) return found
      after = page.at(-1)?.id
    }
  }

  function suspected(running: Running, known: Attempt | undefined, offset: number): Attempt {
    const before = known ?? { ...FRESH, offset }
    const crashes = running.alone ? [...before.crashes, running.token] : before.crashes
    return { ...before, suspect: true, crashes }
  }

  return {
    async takeOver(firstOffset) {
      return store.transaction(async (tx) => {
        tx.fence(name, token)
        const documents = tx.documents<Attempt>(ATTEMPTS)
        const rows = tx.documents<Running>(ATTEMPTS)
        const attempts = new Map((await kept(tx)).map((attempt) => [attempt.offset, attempt]))
        const running = await rows.get(name)
        if (running && !running.interrupted) {
          for (const offset of running.offsets) {
            const attempt = suspected(running, attempts.get(offset), offset)
            attempts.set(offset, attempt)
            documents.put(idOf(offset), attempt)
          }
        }
        // What stands before the first delivery was acknowledged: its owner ended after the effect.
        for (const offset of [...attempts.keys()].filter((offset) => offset < firstOffset)) {
          attempts.delete(offset)
          documents.delete(idOf(offset))
        }
        rows.put(name, { token, offsets: [], alone: false })
        return attempts
      })
    },
    async begin(offsets, alone) {
      await store.transaction(
        (tx) => {
          tx.fence(name, token)
          tx.documents<Running>(ATTEMPTS).put(name, { token, offsets, alone })
        },
        { quiet: true },
      )
    },
    end(tx, done, left) {
      tx.documents<Running>(ATTEMPTS).put(name, { token, offsets: left, alone: false })
      for (const offset of done) tx.documents(ATTEMPTS).delete(idOf(offset))
    },
    keep(tx, attempt) {
      tx.documents<Attempt>(ATTEMPTS).put(idOf(attempt.offset), attempt)
    },
    async interrupted() {
      await store.transaction(async (tx) => {
        const running = await tx.documents<Running>(ATTEMPTS).get(name)
        if (running?.token === token)
          tx.documents<Running>(ATTEMPTS).put(name, { ...running, interrupted: true })
        for (const attempt of await kept(tx)) {
          if (!attempt.crashes.includes(token)) continue
          const crashes = attempt.crashes.filter((crash) => crash !== token)
          tx.documents<Attempt>(ATTEMPTS).put(idOf(attempt.offset), { ...attempt, crashes })
        }
      })
    },
  }
}

/** The name of a partition's record and of its fence. */
export function partitionName(group: string, topic: string, partition: number): string {
  return `${part(group)}/${part(topic)}/${partition}`
}
