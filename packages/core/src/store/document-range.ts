import type { DocumentRange } from './unit.ts'
import { behindPrefix, compareUtf8 } from './utf8.ts'

/** The ids of a range, in the order of their bytes: from one on, without `after`, up to but not including `end`. */
export interface IdBounds {
  readonly from: string
  readonly after: string
  readonly end: string | undefined
}

export function idBounds({ prefix, after }: DocumentRange): IdBounds {
  return { from: compareUtf8(after, prefix) > 0 ? after : prefix, after, end: behindPrefix(prefix) }
}
