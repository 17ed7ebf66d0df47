import type { JoinedEngine } from './engine.ts'
import { ConcurrencyError } from './errors.ts'
import { type Answer, needsOf, settle } from './settle/index.ts'
import type { Tx } from './transaction.ts'
import { type Miss, runOnce, type TransactionParts } from './transactions.ts'
import type { Unit } from './unit.ts'

/** Runs work once, inside a transaction of the user's. */
export async function joinTransaction<Result>(
  parts: TransactionParts,
  engine: JoinedEngine,
  tenant: string,
  work: (tx: Tx) => Promise<Result> | Result,
): Promise<Result> {
  const submit = (unit: Unit): Promise<Answer> => flush(engine, unit, parts.now())
  try {
    const outcome = await runOnce({ ...parts, engine, commit: { submit } }, tenant, work, false)
    if ('miss' in outcome) throw missed(outcome.miss)
    await engine.leave()
    return outcome.result
  } catch (error) {
    await engine.undo()
    throw error
  }
}

async function flush(engine: JoinedEngine, unit: Unit, now: number): Promise<Answer> {
  let answers: readonly Answer[] = []
  await engine.flush(needsOf([unit]), (found) => {
    const settled = settle([unit], found, now, engine.epoch)
    answers = settled.answers
    return settled.batch
  })
  const [answer] = answers
  if (answer === undefined) throw new Error(`${engine.url} gave no answer`)
  return answer
}

function missed({ what, stream }: Miss): ConcurrencyError {
  return new ConcurrencyError(
    stream?.stream ?? '',
    stream?.expected ?? 'any',
    stream?.actual ?? 0,
    `${what} changed while the transaction that was joined read it: roll that back, and run it again`,
  )
}
