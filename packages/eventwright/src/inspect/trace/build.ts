import { COMMAND_HANDLED, isTechnical } from '@eventwright/core'
import { type Collected, isSagaEvent } from './collect.ts'
import { beginOf, type Draft, type Drafts, noDrafts } from './draft.ts'
import { eventDraft, placeByCause, readAnswer } from './effects.ts'
import { readSaga } from './saga.ts'
import type { Found } from './sources.ts'

/** A conversation as a tree that may still be added to. */
export interface Built {
  readonly drafts: Drafts
  readonly roots: readonly Draft[]
}

/** Puts everything below what caused it. */
export function build(correlationId: string, { found }: Collected): Built {
  const drafts = noDrafts(correlationId)
  const told = found.filter(({ event }) => !isTechnical(event.type))
  for (const one of told) eventDraft(drafts, one)
  for (const one of told) placeByCause(drafts, one)
  for (const one of found) if (one.event.type === COMMAND_HANDLED) readAnswer(drafts, one)
  const sagas = sagaStreams(found).flatMap((stream) => readSaga(drafts, stream))
  for (const [command, time] of drafts.answered) {
    if (command.at !== undefined) command.took = Math.max(0, time - command.at)
  }
  const all = [...drafts.commands.values(), ...drafts.events.values(), ...sagas]
  const roots = all.filter((draft) => !drafts.causes.has(draft)).sort((a, b) => beginOf(a) - beginOf(b))
  return { drafts, roots }
}

/** The events of each saga's stream, in order of version. */
function sagaStreams(found: readonly Found[]): readonly (readonly Found[])[] {
  const sagas = found.filter(({ event }) => isSagaEvent(event))
  const streams = Map.groupBy(sagas, ({ service, event }) =>
    JSON.stringify([service, event.tenant, event.stream]),
  )
  return [...streams.values()].map((events) => events.toSorted((a, b) => a.event.version - b.event.version))
}
