import { EventwrightError, type PendingEvent } from '../event/index.ts'
import type { Documents, Tx } from '../store/index.ts'
import { type ProjectionDefinition, versionedName } from './definition.ts'
import { HandlerFailure } from './errors.ts'
import { handleEvent } from './own-documents.ts'

/**
 * Up to which version an inline projection has taken in a stream. The mark commits with the documents, so
 * that an append and the component that reads the log may both bring a stream up to date, in either order,
 * and each event counts once.
 */
export function marksOf(definition: ProjectionDefinition, tx: Tx): Documents<number> {
  return tx.documents<number>(marksCollection(definition.name, definition.version))
}

/** Where those marks stand. */
export function marksCollection(name: string, version: number): string {
  return `eventwright.marks.${versionedName(name, version)}`
}

/**
 * Takes in events of one stream in the unit of work that appends them. What went by before (an append by a
 * process that does not have this version) is read from the stream first, so that the documents are whole.
 */
export async function projectInline(
  definition: ProjectionDefinition,
  tx: Tx,
  stream: string,
  appended: readonly PendingEvent[],
): Promise<void> {
  const first = appended.find((event) => definition.types.includes(event.type))
  if (!first) return
  const mark = (await marksOf(definition, tx).get(stream)) ?? 0
  const missed =
    mark + 1 < first.version ? await tx.read(stream, { from: mark + 1, to: first.version - 1 }) : undefined
  const left = [...(missed?.events ?? []), ...appended].filter(
    (event) => event.version > mark && definition.types.includes(event.type),
  )
  try {
    await catchUpStream(definition, tx, stream, left)
  } catch (error) {
    // An append's caller is told of the misuse itself.
    throw error instanceof HandlerFailure && error.cause instanceof EventwrightError ? error.cause : error
  }
}

/** Hands a stream's events to the handler in order and raises the mark to the last. */
export async function catchUpStream(
  definition: ProjectionDefinition,
  tx: Tx,
  stream: string,
  events: readonly PendingEvent[],
): Promise<void> {
  for (const event of events) await handleEvent(definition, event, tx)
  const last = events.at(-1)
  if (last) marksOf(definition, tx).put(stream, last.version)
}
