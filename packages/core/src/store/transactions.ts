import { setTimeout as sleep } from 'node:timers/promises'
import type { PendingEvent } from '../event/index.ts'
import type { UnitEngine } from './engine.ts'
import { ConcurrencyError } from './errors.ts'
import type { GroupCommit } from './group-commit.ts'
import { runInside } from './inside-work.ts'
import { type Lanes, lanes } from './lanes.ts'
import type { Prepare } from './prepare.ts'
import type { Answer, Appended } from './settle/index.ts'
import type { Tx } from './transaction.ts'
import { emptyUnit, type Unit } from './unit.ts'
import { beginWork, refuseUnderWay, type WorkContext } from './work/index.ts'

export type OnAppend = (tx: Tx, events: readonly PendingEvent[]) => Promise<void>

export interface TransactionParts {
  readonly engine: UnitEngine
  readonly commit: Pick<GroupCommit, 'submit'>
  readonly prepare: Prepare
  readonly upcast: WorkContext['upcast']
  readonly now: () => number
  readonly onAppend: OnAppend | undefined
}

export interface Committed<Result> {
  readonly result: Result
  /** What the log has of the unit's appends; none when the unit was a duplicate. */
  readonly appended: readonly Appended[]
}

export type Transact = <Result>(
  tenant: string,
  work: (tx: Tx) => Promise<Result> | Result,
  quiet?: boolean,
) => Promise<Committed<Result>>

const MOST_RUNS = 100

/** Runs work until what it read still stands at the flush. */
export function transactions(parts: TransactionParts): Transact {
  const turns = lanes()
  return async (tenant, work, quiet = false) => {
    let miss: Miss | undefined
    for (let run = 1; run <= MOST_RUNS; run++) {
      const leave = miss === undefined ? undefined : await waitTurn(turns, miss.key, run)
      try {
        const outcome = await runOnce(parts, tenant, work, quiet)
        if (!('miss' in outcome)) return outcome
        miss = outcome.miss
      } finally {
        leave?.()
      }
    }
    throw gaveUp(miss)
  }
}

export type Miss = Extract<Answer, { readonly kind: 'miss' }>

async function waitTurn(turns: Lanes, key: string, run: number): Promise<() => void> {
  const leave = await turns.enter(key)
  // The first runs again met this process only; later ones meet others, who must not march in step.
  if (run > 3) await sleep(Math.random() * Math.min(20, run))
  return leave
}

/** Runs work once, and says what it missed. */
export async function runOnce<Result>(
  parts: TransactionParts,
  tenant: string,
  work: (tx: Tx) => Promise<Result> | Result,
  quiet: boolean,
): Promise<Committed<Result> | { readonly miss: Miss }> {
  const { engine, commit, prepare, upcast, onAppend } = parts
  const unit = emptyUnit('work', tenant)
  const context: WorkContext = {
    engine,
    prepare,
    upcast,
    unit,
    now: parts.now(),
    duplicate: false,
    ended: false,
    underWay: new Set(),
  }
  let result: Result
  try {
    result = await runInside(engine.resource, async () => {
      const { tx, appended } = beginWork(context)
      const given = await work(tx)
      await refuseUnderWay(context)
      if (onAppend !== undefined && appended.length > 0 && !context.duplicate) await onAppend(tx, appended)
      return given
    })
  } catch (error) {
    const torn = await seenTorn(commit, unit)
    if (torn !== undefined) return { miss: torn }
    throw error
  } finally {
    context.ended = true
  }
  if (context.duplicate || !asksAnything(unit)) return { result, appended: [] }
  const answer = await commit.submit(unit, quiet && isProgress(unit))
  if (answer.kind === 'failed') throw answer.error
  if (answer.kind === 'miss') return { miss: answer }
  return { result, appended: answer.kind === 'done' ? answer.appended : [] }
}

/** Events and the outcomes of commands are made once, whatever the caller says of them. */
function isProgress({ writes }: Unit): boolean {
  return writes.appends.length === 0 && writes.commands.length === 0
}

function asksAnything({ reads, writes }: Unit): boolean {
  return readCount({ reads }) > 0 || Object.values(writes).some((list) => list.length > 0)
}

function readCount({ reads }: Pick<Unit, 'reads'>): number {
  const { streams, documents, lists, inbox, checkpoints, commands, timers } = reads
  return (
    streams.size +
    checkpoints.size +
    [documents, lists, inbox, commands, timers].reduce((sum, list) => sum + list.length, 0)
  )
}

/**
 * Work that read two things of which one changed between may throw at a state that never was: then it is
 * run again instead. One read alone cannot be torn.
 */
async function seenTorn(commit: TransactionParts['commit'], unit: Unit): Promise<Miss | undefined> {
  if (readCount(unit) < 2) return undefined
  const readsOnly: Unit = { ...unit, writes: emptyUnit('work', unit.tenant).writes }
  try {
    const answer = await commit.submit(readsOnly)
    return answer.kind === 'miss' ? answer : undefined
  } catch {
    // The store is closing or cannot be reached: what the work threw is still the better answer.
    return undefined
  }
}

function gaveUp(miss: Miss | undefined): ConcurrencyError {
  const { stream, expected, actual } = miss?.stream ?? { stream: '', expected: 'any' as const, actual: 0 }
  return new ConcurrencyError(
    stream,
    expected,
    actual,
    `a unit of work ran ${MOST_RUNS} times, and each time ${miss?.what ?? 'what it read'} changed before its flush: make it shorter, or let fewer write there at a time`,
  )
}
