import type { Place } from './place.ts'

/**
 * How bad a finding is. `broken`: the file cannot be understood (exit 2). `error`: it can, and would not work.
 * `warning`: it would work, and probably not as meant. Errors and warnings alike are findings (exit 1).
 */
export type Level = 'broken' | 'error' | 'warning'

/** The codes of one kind of file, each with its level and the reason behind it. A code is never reused. */
export type Codes<Code extends string> = Readonly<
  Record<Code, { readonly level: Level; readonly why: string }>
>

/** One finding in a file; `code` is stable and kebab-case. */
export type Finding<Code extends string = string> = {
  readonly code: Code
  readonly level: Level
  readonly place: Place
  /** What is wrong, in the words of the file. */
  readonly message: string
  /** Why that matters. */
  readonly why: string
  /** What to write instead. */
  readonly mend: string
  /** The part of its line that is shown, where nobody keeps the whole text; `column` is the place's, in this part. */
  readonly excerpt?: { readonly text: string; readonly column: number }
  /** The reason of the suppression that hides it; such a finding does not count. */
  readonly suppressed?: string
}

/** The text of each file that was read, by the name used in places. */
export type Sources = ReadonlyMap<string, string>

/** Sorted by file (in the order given), line and column. */
export function inOrder<Code extends string>(
  findings: readonly Finding<Code>[],
  files: readonly string[],
): Finding<Code>[] {
  const rank = (place: Place): number => files.indexOf(place.file)
  return [...findings].sort(
    (a, b) =>
      rank(a.place) - rank(b.place) ||
      a.place.line - b.place.line ||
      a.place.column - b.place.column ||
      a.code.localeCompare(b.code),
  )
}
