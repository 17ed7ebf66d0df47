import { EventwrightError } from '@eventwright/core'
import type { Place } from '../../../flow/index.ts'

/** Something of CEL that has no counterpart here: bytes, unsigned numbers and the like. */
export class Untranslatable extends EventwrightError {
  readonly code = 'Untranslatable'
  readonly what: string

  constructor(what: string, place?: Place) {
    const where = place === undefined ? '' : `${place.file}:${place.line}:${place.column}: `
    super(
      `${where}${what} of CEL cannot be written as TypeScript. Say it in other words, or decide in a file: \`decide: ./file.ts#name\`.`,
    )
    this.what = what
  }
}
