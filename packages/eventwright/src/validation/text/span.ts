/** Where a value stands in a text: offsets in UTF-16 units, the end exclusive; with its key, where it has one. */
export type Span = {
  readonly start: number
  readonly end: number
  readonly key?: { readonly start: number; readonly end: number }
}

/** Something wrong with a text itself, whatever its schema says. */
export type TextFault = {
  readonly code:
    | 'json-syntax'
    | 'yaml-syntax'
    | 'duplicate-key'
    | 'inexact-number'
    | 'bad-character'
    | 'too-deep'
  readonly start: number
  readonly end: number
  readonly pointer?: string
  readonly message: string
  readonly mend: string
}

/** A text with the places of its values by JSON pointer (RFC 6901), and its faults in order. */
export type ScannedText = {
  readonly spans: ReadonlyMap<string, Span>
  readonly faults: readonly TextFault[]
}

/** A key as one step of a JSON pointer. */
export function pointerStep(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}
