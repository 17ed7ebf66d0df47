import { countDeadLetters, type DeadLetter, deadLetters, partsOfStream } from '@eventwright/core'
import { timeText } from '../log/line.ts'
import type { Draft } from './draft.ts'
import type { Source } from './sources.ts'

/** Most dead letters of one key that are looked through. */
const MOST = 1_000

/** Says of commands and events who parked them: dead letters are in the store of the service that could not handle them. */
export async function tellParked(sources: readonly Source[], waiting: readonly Draft[]): Promise<void> {
  const byKey = Map.groupBy(waiting, ({ stream = '' }) => partsOfStream(stream).id)
  for (const source of sources) {
    if ((await countDeadLetters(source.store)).letters === 0) continue
    for (const [key, drafts] of byKey) await tellOfKey(source, key, drafts)
  }
}

async function tellOfKey({ name, store }: Source, key: string, drafts: readonly Draft[]): Promise<void> {
  const letters = await deadLetters(store, { key, limit: MOST })
  for (const draft of drafts) {
    const letter = letters.find(({ message, tenant }) => message.id === draft.id && tenant === draft.tenant)
    if (letter !== undefined) tell(draft, name, letter)
  }
}

function tell(draft: Draft, service: string, letter: DeadLetter): void {
  const { consumer, behind, reason, parkedAt, redriveSince } = letter
  const why = behind ? 'behind one of its key' : `${reason.code}: ${reason.message}`
  const marked = redriveSince === undefined ? '' : '; marked to be redriven'
  draft.outcome = 'parked'
  draft.why = `${consumer} parked it in ${service} at ${timeText(parkedAt)}: ${why}${marked}`
}
