import type { App, RecordedEvent } from '@eventwright/core'
import type { Stimulus } from '../model/index.ts'

/** What became of one sending of a command from outside. */
export interface Answered {
  readonly commandId: string
  readonly outcome: 'events' | 'nothing' | 'refused'
  readonly refusal?: string
  /** True where that command id was decided before. */
  readonly duplicate: boolean
}

/** A stimulus as it was played. */
export interface Act {
  readonly stimulus: Stimulus
  /** The position of the log before it: what it led to comes later. */
  readonly from: number
  /** Of each sending of its commands that was answered, in the order of the file. */
  readonly answers: readonly Answered[]
}

/** A scenario as it was played, technical events included: what a picture of it is made of. */
export interface Recording {
  readonly log: readonly RecordedEvent[]
  readonly acts: readonly Act[]
}

/** The whole log of a tenant after a position, and the position up to which it was read. */
export async function logAfter(
  { store }: App,
  tenant: string,
  position = 0,
): Promise<{ readonly log: readonly RecordedEvent[]; readonly head: number }> {
  const log: RecordedEvent[] = []
  for (let after = position; ; ) {
    const { events, examined } = await store.readAll({ after, tenant })
    log.push(...events)
    if (examined === after) return { log, head: after }
    after = examined
  }
}
