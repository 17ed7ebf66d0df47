import { EventwrightError } from '@eventwright/core'
import type { Place } from '../findings/index.ts'

/** Events or schemas that cannot be read: not there, not a file, not permitted (exit 4). */
export class InputUnreadable extends EventwrightError {
  readonly code = 'InputUnreadable'
}

/** Why the operating system refused, in a few words. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return 'it is not there'
  if (code === 'EACCES' || code === 'EPERM') return 'it may not be read'
  if (code === 'EISDIR') return 'it is a folder'
  if (code === 'ELOOP') return 'its links lead in a circle'
  return error instanceof Error ? error.message : String(error)
}

/** A schema that cannot be used, found only when the first event of its type came (exit 2). */
export class SchemaUnusable extends EventwrightError {
  readonly code = 'SchemaUnusable'
  /** Where the schema stands; absent for that of the envelope. */
  readonly place?: Place
  /** What is to be done. */
  readonly mend: string

  constructor(
    message: string,
    { mend, place, cause }: { readonly mend: string; readonly place?: Place; readonly cause?: unknown },
  ) {
    super(message, { cause })
    this.mend = mend
    if (place !== undefined) this.place = place
  }
}
