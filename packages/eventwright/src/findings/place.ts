/** Where something stands in a file: 1-based line and column, `length` characters long (for the caret). */
export type Place = {
  /** The file as the user named it, or relative to the file that imports it. */
  readonly file: string
  readonly line: number
  readonly column: number
  readonly length: number
}
